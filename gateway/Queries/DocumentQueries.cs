using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads documents, their versions and the facts found in them.</summary>
internal sealed class DocumentQueries(GatewayDatabase database)
{
    public async Task<Page<DocumentRow>> DocumentsAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT document_id, kind, external_ref, created_at FROM documents
             WHERE tenant_id = @tenantId AND (@after::uuid IS NULL OR document_id < @after::uuid)
             ORDER BY document_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<DocumentRow>(
            sql, new { tenantId, after = page.After("documents"), fetch = page.Fetch }, ct);
        return page.Cut("documents", rows, d => $"{d.DocumentId}");
    }

    /// <summary>Without what is wrong with them; null where the tenant has no such document.</summary>
    public async Task<Page<DocumentVersionLine>?> VersionsAsync(
        Guid tenantId, Guid documentId, PageRequest page, CancellationToken ct)
    {
        const string exists =
            "SELECT document_id FROM documents WHERE tenant_id = @tenantId AND document_id = @documentId";
        if (await database.FindAsync<Guid?>(exists, new { tenantId, documentId }, ct) is null)
        {
            return null;
        }

        const string sql = """
            SELECT document_version_id, version, mime_type, octet_length(content) AS bytes, sha256, status, created_at
              FROM document_versions
             WHERE tenant_id = @tenantId AND document_id = @documentId
               AND (@after::int IS NULL OR version < @after::int)
             ORDER BY version DESC LIMIT @fetch
            """;
        var list = $"versions of {documentId}";
        var rows = await database.ListAsync<DocumentVersionLine>(
            sql, new { tenantId, documentId, after = page.After(list), fetch = page.Fetch }, ct);
        return page.Cut(list, rows, v => $"{v.Version}");
    }

    public Task<DocumentVersionRow?> VersionAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        const string sql = """
            SELECT v.document_version_id, v.document_id, d.kind, v.version, v.mime_type,
                   octet_length(v.content) AS bytes, v.sha256, v.status, v.violations::text AS violations, v.created_at
              FROM document_versions v JOIN documents d USING (document_id)
             WHERE v.tenant_id = @tenantId AND v.document_version_id = @id
            """;
        return database.FindAsync<DocumentVersionRow>(sql, new { tenantId, id }, ct);
    }

    public Task<DocumentContent?> ContentAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        const string sql = """
            SELECT content, mime_type, sha256 FROM document_versions
             WHERE tenant_id = @tenantId AND document_version_id = @id
            """;
        return database.FindAsync<DocumentContent>(sql, new { tenantId, id }, ct);
    }

    public async Task<Page<FactRow>> FactsAsync(
        Guid tenantId, FactFilter filter, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT fact_id, document_version_id, fact_type, fact_key, payload, payload_hash, created_at FROM facts
             WHERE tenant_id = @tenantId
               AND (@DocumentVersionId::uuid IS NULL OR document_version_id = @DocumentVersionId)
               AND (@FactType::text IS NULL OR fact_type = @FactType)
               AND (@FactKeyPrefix::text IS NULL OR starts_with(fact_key, @FactKeyPrefix))
               AND (@after::uuid IS NULL OR fact_id > @after::uuid)
             ORDER BY fact_id LIMIT @fetch
            """;
        var parameters = new
        {
            tenantId,
            filter.DocumentVersionId,
            filter.FactType,
            filter.FactKeyPrefix,
            after = page.After("facts"),
            fetch = page.Fetch,
        };
        return page.Cut("facts", await database.ListAsync<FactRow>(sql, parameters, ct), f => $"{f.FactId}");
    }
}

internal sealed record DocumentRow(Guid DocumentId, string Kind, string? ExternalRef, DateTime CreatedAt);

internal sealed record DocumentVersionLine(
    Guid DocumentVersionId, int Version, string MimeType, int Bytes, string Sha256, string Status, DateTime CreatedAt);

internal sealed record DocumentVersionRow(
    Guid DocumentVersionId, Guid DocumentId, string Kind, int Version, string MimeType, int Bytes, string Sha256,
    string Status, RawJson? Violations, DateTime CreatedAt);

internal sealed record DocumentContent(byte[] Content, string MimeType, string Sha256);

internal sealed record FactRow(
    Guid FactId, Guid DocumentVersionId, string FactType, string FactKey, RawJson Payload, string PayloadHash,
    DateTime CreatedAt);
