using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads snapshots. Their secrets are selected nowhere.</summary>
internal sealed class SnapshotQueries(GatewayDatabase database)
{
    public async Task<Page<SnapshotRow>> SnapshotsAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT snapshot_id, label, status, snapshot_hash, created_at, sealed_at,
                   (SELECT count(*) FROM snapshot_items i WHERE i.snapshot_id = s.snapshot_id) AS items
              FROM snapshots s
             WHERE tenant_id = @tenantId AND (@after::uuid IS NULL OR snapshot_id < @after::uuid)
             ORDER BY snapshot_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<SnapshotRow>(
            sql, new { tenantId, after = page.After("snapshots"), fetch = page.Fetch }, ct);
        return page.Cut("snapshots", rows, s => $"{s.SnapshotId}");
    }

    public Task<SnapshotRow?> SnapshotAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        const string sql = """
            SELECT snapshot_id, label, status, snapshot_hash, created_at, sealed_at,
                   (SELECT count(*) FROM snapshot_items i WHERE i.snapshot_id = s.snapshot_id) AS items
              FROM snapshots s WHERE tenant_id = @tenantId AND snapshot_id = @id
            """;
        return database.FindAsync<SnapshotRow>(sql, new { tenantId, id }, ct);
    }

    public async Task<Page<SnapshotItemRow>> ItemsAsync(
        Guid tenantId, Guid id, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT fact_id, f.document_version_id, f.fact_type, f.fact_key, f.payload_hash
              FROM snapshot_items i JOIN facts f USING (tenant_id, fact_id)
             WHERE tenant_id = @tenantId AND i.snapshot_id = @id AND (@after::uuid IS NULL OR fact_id > @after::uuid)
             ORDER BY fact_id LIMIT @fetch
            """;
        var list = $"snapshot {id}";
        var rows = await database.ListAsync<SnapshotItemRow>(
            sql, new { tenantId, id, after = page.After(list), fetch = page.Fetch }, ct);
        return page.Cut(list, rows, i => $"{i.FactId}");
    }
}

internal sealed record SnapshotRow(
    Guid SnapshotId, string? Label, string Status, string? SnapshotHash, DateTime CreatedAt, DateTime? SealedAt,
    long Items);

internal sealed record SnapshotItemRow(
    Guid FactId, Guid DocumentVersionId, string FactType, string FactKey, string PayloadHash);
