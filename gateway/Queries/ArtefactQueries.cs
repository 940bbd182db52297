namespace Bpc.Gateway.Queries;

/// <summary>Reads the stored bytes of one passport version.</summary>
internal sealed class ArtefactQueries(GatewayDatabase database)
{
    public Task<Artefact?> PayloadAsync(Guid tenantId, Guid id, CancellationToken ct) => database.FindAsync<Artefact>(
        """
        SELECT payload AS bytes, payload_hash AS hash FROM passport_versions
         WHERE tenant_id = @tenantId AND passport_version_id = @id
        """, new { tenantId, id }, ct);

    public Task<Artefact?> ProofAsync(Guid tenantId, Guid id, CancellationToken ct) => database.FindAsync<Artefact>(
        """
        SELECT proof AS bytes, encode(sha256(proof), 'hex') AS hash FROM passport_versions
         WHERE tenant_id = @tenantId AND passport_version_id = @id
        """, new { tenantId, id }, ct);

    /// <summary>The picture, with no bytes until the QR job has run.</summary>
    public Task<Artefact?> QrPngAsync(Guid tenantId, Guid id, CancellationToken ct) => database.FindAsync<Artefact>(
        """
        SELECT qr_png AS bytes, encode(sha256(qr_png), 'hex') AS hash FROM passport_versions
         WHERE tenant_id = @tenantId AND passport_version_id = @id
        """, new { tenantId, id }, ct);

    public Task<Artefact?> SectionAsync(Guid tenantId, Guid id, string section, CancellationToken ct) =>
        database.FindAsync<Artefact>(
        """
        SELECT content AS bytes, encode(sha256(content), 'hex') AS hash FROM passport_sections
         WHERE tenant_id = @tenantId AND passport_version_id = @id AND section = @section
        """, new { tenantId, id, section }, ct);

    public Task<IReadOnlyList<SectionRow>> SectionsAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        database.ListAsync<SectionRow>(
        """
        SELECT section, content FROM passport_sections
         WHERE tenant_id = @tenantId AND passport_version_id = @id ORDER BY section
        """, new { tenantId, id }, ct);

    public Task<Artefact?> ExportAsync(Guid tenantId, Guid id, CancellationToken ct) => database.FindAsync<Artefact>(
        """
        SELECT content AS bytes, sha256 AS hash FROM passport_exports WHERE tenant_id = @tenantId AND export_id = @id
        """, new { tenantId, id }, ct);

    /// <summary>
    /// Everything that is signed, and the signature; null signature and picture until their jobs have run.
    /// </summary>
    public Task<SignedRow?> SignedAsync(Guid tenantId, Guid id, CancellationToken ct) => database.FindAsync<SignedRow>(
        """
        SELECT payload, proof, receipt, receipt_hash, signature, signing_key_id, signing_public_key, qr_payload, qr_png
          FROM passport_versions WHERE tenant_id = @tenantId AND passport_version_id = @id
        """, new { tenantId, id }, ct);
}

internal sealed record Artefact(byte[]? Bytes, string? Hash);

internal sealed record SectionRow(string Section, byte[] Content);

internal sealed record SignedRow(
    byte[] Payload, byte[] Proof, byte[] Receipt, string ReceiptHash, byte[]? Signature, string? SigningKeyId,
    byte[]? SigningPublicKey, string? QrPayload, byte[]? QrPng);
