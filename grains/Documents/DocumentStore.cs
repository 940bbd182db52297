using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Grains.Calls;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Documents;

/// <summary>A stored version with what its document says of it.</summary>
/// <param name="Facts">How many facts it has given so far.</param>
internal sealed record StoredDocumentVersion(
    string Kind, string MimeType, byte[] Content, string Sha256, string Status, int Facts);

/// <summary>The SQL of documents, their versions and facts.</summary>
internal sealed class DocumentStore(NpgsqlDataSource database)
{
    public static readonly IReadOnlyList<string> MimeTypes = ["application/json", "text/csv"];

    public async Task<StoredDocumentVersion?> FindVersionAsync(Guid tenantId, Guid versionId, CancellationToken ct)
    {
        const string sql = """
            SELECT d.kind AS Kind, v.mime_type AS MimeType, v.content AS Content,
                   v.sha256 AS Sha256, v.status AS Status,
                   (SELECT count(*)::int FROM facts f WHERE f.document_version_id = v.document_version_id) AS Facts
            FROM document_versions v JOIN documents d USING (document_id)
            WHERE v.tenant_id = @tenantId AND v.document_version_id = @versionId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<StoredDocumentVersion>(
            new(sql, new { tenantId, versionId }, cancellationToken: ct));
    }

    /// <summary>
    /// The number of the document's next version, its row locked until the call ends; null where the tenant has no such
    /// document.
    /// </summary>
    public static async Task<int?> NextVersionAsync(CallTransaction tx, Guid documentId)
    {
        const string locked = """
            SELECT document_id FROM documents WHERE tenant_id = @TenantId AND document_id = @documentId FOR UPDATE
            """;
        const string next =
            "SELECT coalesce(max(version), 0) + 1 FROM document_versions WHERE document_id = @documentId";
        var parameters = new { tx.TenantId, documentId };
        return await tx.FirstAsync<Guid?>(locked, parameters) is null ? null
            : await tx.FirstAsync<int>(next, parameters);
    }

    public static Write Insert(Guid tenantId, Guid documentId, string kind, string? externalRef) => new(
        "INSERT INTO documents (document_id, tenant_id, kind, external_ref) VALUES ($1, $2, $3, $4::text)",
        [documentId, tenantId, kind, externalRef]);

    public static Write InsertVersion(
        Guid tenantId, Guid versionId, Guid documentId, int number, string mimeType, byte[] content, string sha256) =>
    new(
        """
        INSERT INTO document_versions (document_version_id, tenant_id, document_id, version, mime_type, content, sha256)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [versionId, tenantId, documentId, number, mimeType, content, sha256]);

    /// <summary>
    /// All facts of a version in one statement; ids ascend in document order within a millisecond's resolution.
    /// </summary>
    public static Write InsertFacts(Guid tenantId, Guid versionId, IReadOnlyList<Fact> facts) => new(
        """
        INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
        SELECT f.id, $1, $2, f.type, f.key, f.payload, f.hash
        FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::text[]) AS f (id, type, key, payload, hash)
        """,
        [
            tenantId, versionId,
            facts.Select(_ => Guid.CreateVersion7()).ToArray(),
            facts.Select(f => f.FactType).ToArray(),
            facts.Select(f => f.FactKey).ToArray(),
            facts.Select(f => f.Payload).ToArray(),
            facts.Select(f => f.PayloadHash).ToArray(),
        ],
        Rows: facts.Count);

    public static Write MarkValidated(Guid tenantId, Guid versionId) => new(
        """
        UPDATE document_versions SET status = 'VALIDATED'
        WHERE tenant_id = $1 AND document_version_id = $2 AND status = 'UPLOADED'
        """,
        [tenantId, versionId]);

    public static Write MarkRejected(Guid tenantId, Guid versionId, IReadOnlyList<Violation> violations) => new(
        """
        UPDATE document_versions SET status = 'REJECTED', violations = $3::jsonb
        WHERE tenant_id = $1 AND document_version_id = $2 AND status = 'UPLOADED'
        """,
        [tenantId, versionId, Json(violations)]);

    private static string Json(IReadOnlyList<Violation> violations) =>
        Encoding.UTF8.GetString(CanonicalJson.Write(JsonValue.Array(violations
            .Select(v => JsonValue.Object(("where", v.Where), ("message", v.Message))))));
}
