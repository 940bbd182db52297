using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Core.Snapshots;
using Bpc.GrainInterfaces.Snapshots;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Snapshots;

/// <summary>The SQL of snapshots and the facts in them.</summary>
internal sealed class SnapshotStore(NpgsqlDataSource database)
{
    private const string SelectFacts = """
        SELECT f.fact_type AS FactType, f.fact_key AS FactKey, f.payload AS Payload, f.payload_hash AS PayloadHash
        FROM snapshot_items i JOIN facts f USING (fact_id)
        WHERE i.tenant_id = @tenantId AND i.snapshot_id = @snapshotId
        """;

    private const string SelectState = """
        SELECT snapshot_id AS SnapshotId, status AS Status, snapshot_hash AS SnapshotHash,
               (SELECT count(*)::int FROM snapshot_items i WHERE i.snapshot_id = s.snapshot_id) AS Items
        FROM snapshots s WHERE tenant_id = @tenantId AND snapshot_id = @snapshotId
        """;

    public async Task<string?> FindStatusAsync(Guid tenantId, Guid snapshotId, CancellationToken ct)
    {
        const string sql = "SELECT status FROM snapshots WHERE tenant_id = @tenantId AND snapshot_id = @snapshotId";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<string?>(
            new(sql, new { tenantId, snapshotId }, cancellationToken: ct));
    }

    public async Task<IReadOnlyList<Fact>> FactsAsync(Guid tenantId, Guid snapshotId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var parameters = new { tenantId, snapshotId };
        return (await connection.QueryAsync<Fact>(new(SelectFacts, parameters, cancellationToken: ct))).AsList();
    }

    /// <summary>
    /// A document behind the snapshot's facts whose bytes are not those that were uploaded, or null: its version, the
    /// hash of then and that of now.
    /// </summary>
    public async Task<(Guid VersionId, string Stored, string Now)?> ChangedDocumentAsync(
        Guid tenantId, Guid snapshotId, CancellationToken ct)
    {
        // Which documents first, by themselves, and OFFSET 0 keeps each hash behind that: else the planner may choose
        // to hash all documents of the tenant.
        const string sql = """
            WITH ids AS MATERIALIZED (
              SELECT DISTINCT f.document_version_id FROM snapshot_items i JOIN facts f USING (fact_id)
               WHERE i.tenant_id = @tenantId AND i.snapshot_id = @snapshotId)
            SELECT h.document_version_id, h.sha256, h.now
              FROM (SELECT d.document_version_id, d.sha256, encode(sha256(d.content), 'hex') AS now
                      FROM ids JOIN document_versions d USING (document_version_id)
                     WHERE d.tenant_id = @tenantId OFFSET 0) h
             WHERE h.now <> h.sha256 LIMIT 1
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var parameters = new { tenantId, snapshotId };
        return (await connection.QueryAsync<(Guid, string, string)>(new(sql, parameters, cancellationToken: ct)))
            .Select(row => ((Guid, string, string)?)row).FirstOrDefault();
    }

    public static Task<IReadOnlyList<Fact>> FactsAsync(CallTransaction tx, Guid snapshotId) =>
        tx.ListAsync<Fact>(SelectFacts, new { tx.TenantId, snapshotId });

    /// <summary>The snapshot, its row locked until the call ends; null where the tenant has no such snapshot.</summary>
    public static async Task<SnapshotState?> LockAsync(CallTransaction tx, Guid snapshotId)
    {
        // Two statements: the count must see what the one that held the lock before has added.
        const string locked =
            "SELECT 1 FROM snapshots WHERE tenant_id = @TenantId AND snapshot_id = @snapshotId FOR UPDATE";
        var parameters = new { tx.TenantId, snapshotId };
        return await tx.FirstAsync<int?>(locked, parameters) is null ? null
            : await tx.FirstAsync<SnapshotState>(SelectState, parameters);
    }

    public static Task<IReadOnlyList<Guid>> UnknownFactsAsync(CallTransaction tx, IReadOnlyList<Guid> factIds)
    {
        const string sql = """
            SELECT id FROM unnest(@ids) AS id
            WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE f.fact_id = id AND f.tenant_id = @TenantId)
            """;
        return tx.ListAsync<Guid>(sql, new { ids = factIds.ToArray(), tx.TenantId });
    }

    /// <summary>How many of the facts were not in the snapshot before.</summary>
    public static Task<int> AddItemsAsync(CallTransaction tx, Guid snapshotId, IReadOnlyList<Guid> factIds)
    {
        const string sql = """
            INSERT INTO snapshot_items (snapshot_id, fact_id, tenant_id)
            SELECT @snapshotId, id, @TenantId FROM unnest(@ids) AS id
            ON CONFLICT (snapshot_id, fact_id) DO NOTHING
            """;
        return tx.ExecuteAsync(sql, new { snapshotId, tx.TenantId, ids = factIds.ToArray() });
    }

    public static Write Insert(Guid tenantId, Guid snapshotId, string? label) => new(
        "INSERT INTO snapshots (snapshot_id, tenant_id, label) VALUES ($1, $2, $3::text)",
        [snapshotId, tenantId, label]);

    public static Write MarkSealed(Guid tenantId, Guid snapshotId, SealedSnapshot snapshot, byte[] secret) => new(
        """
        UPDATE snapshots SET status = 'SEALED', snapshot_bytes = $3, snapshot_hash = $4, secret = $5, sealed_at = now()
        WHERE tenant_id = $1 AND snapshot_id = $2 AND status <> 'SEALED'
        """,
        [tenantId, snapshotId, snapshot.Bytes, snapshot.Hash, secret]);

    /// <summary>
    /// READY with its event, where the snapshot still is BUILDING: whoever seals in the meantime has checked the same,
    /// and is not undone.
    /// </summary>
    public static Write MarkReady(
        Guid tenantId, Guid snapshotId, string actor, JsonValue.Record payload, Cause cause) => new(
        """
        WITH ready AS (
          UPDATE snapshots SET status = 'READY' WHERE tenant_id = $1 AND snapshot_id = $2 AND status = 'BUILDING'
          RETURNING snapshot_id)
        SELECT append_event($1, 'snapshot', snapshot_id, 'snapshot.built', $3, $4)
          FROM ready, bpc_caused_by($5::text, $6::text)
        """,
        [tenantId, snapshotId, actor, Events.Text(payload), cause.TraceParent, cause.CorrelationId],
        Rows: null, Enqueues: true);
}
