using Bpc.Core.Passports.Explain;

namespace Bpc.Gateway.Queries;

/// <summary>Reads what an explanation stands on: the stored proof, and the documents its facts come from.</summary>
internal sealed class ExplanationQueries(GatewayDatabase database)
{
    public Task<ProofRow?> ProofAsync(Guid tenantId, Guid versionId, CancellationToken ct) =>
        database.FindAsync<ProofRow>(
        """
        SELECT proof, snapshot_id, rule_package_version_id FROM passport_versions
         WHERE tenant_id = @tenantId AND passport_version_id = @versionId
        """, new { tenantId, versionId }, ct);

    /// <summary>The document versions that state these facts of a snapshot.</summary>
    public async Task<IReadOnlyDictionary<FactKey, FactSource>> SourcesAsync(
        Guid tenantId, Guid snapshotId, IReadOnlyList<FactKey> facts, CancellationToken ct)
    {
        const string sql = """
            SELECT f.fact_type, f.fact_key, d.kind, d.external_ref, d.document_id, v.document_version_id, v.version,
                   v.sha256
              FROM snapshot_items i
              JOIN facts f ON f.tenant_id = i.tenant_id AND f.fact_id = i.fact_id
              JOIN unnest(@types, @keys) AS asked (fact_type, fact_key) USING (fact_type, fact_key)
              JOIN document_versions v ON v.document_version_id = f.document_version_id
              JOIN documents d ON d.document_id = v.document_id
             WHERE i.tenant_id = @tenantId AND i.snapshot_id = @snapshotId
            """;
        var (types, keys) = (facts.Select(f => f.FactType).ToArray(), facts.Select(f => f.Key).ToArray());
        var rows = await database.ListAsync<SourceRow>(sql, new { tenantId, snapshotId, types, keys }, ct);
        return rows.ToDictionary(
            row => new FactKey(row.FactType, row.FactKey),
            row => new FactSource(
                row.Kind, row.ExternalRef, row.Sha256, row.DocumentId, row.DocumentVersionId, row.Version));
    }

    private sealed record SourceRow(
        string FactType, string FactKey, string Kind, string? ExternalRef, Guid DocumentId, Guid DocumentVersionId,
        int Version, string Sha256);
}

internal sealed record ProofRow(byte[] Proof, Guid SnapshotId, Guid RulePackageVersionId);
