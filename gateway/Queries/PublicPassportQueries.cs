namespace Bpc.Gateway.Queries;

/// <summary>
/// Reads what everybody may see: of versions that were activated, the public section and how it was signed; what was
/// revoked before that was never published. Whoever scans a battery has no tenant: the version says whose it is.
/// </summary>
internal sealed class PublicPassportQueries(GatewayDatabase database)
{
    public Task<PublicPassportRow?> FindAsync(Guid passportVersionId, CancellationToken ct)
    {
        const string sql = """
            SELECT v.passport_version_id, v.status, v.issued_at, v.signed_at, v.superseded_at, v.revoked_at,
                   (SELECT o.passport_version_id FROM passport_versions o
                     WHERE o.passport_id = v.passport_id AND o.status = 'ACTIVE') AS active_version_id,
                   v.payload_hash, v.proof_root_hash, v.receipt_hash, v.signing_key_id, v.signing_public_key,
                   b.name AS product_name, b.sku, b.category, p.serial_number,
                   v.tenant_id, v.rule_package_version_id, s.content AS public_section
              FROM passport_versions v
              JOIN passports p USING (passport_id)
              JOIN battery_products b USING (battery_product_id)
              JOIN passport_sections s ON s.passport_version_id = v.passport_version_id AND s.section = 'public'
             WHERE v.passport_version_id = @passportVersionId AND v.status IN ('ACTIVE', 'SUPERSEDED', 'REVOKED')
               AND v.activated_at IS NOT NULL
               AND v.signing_key_id IS NOT NULL
            """;
        return database.FindPublicAsync<PublicPassportRow>(sql, new { passportVersionId }, ct);
    }

    public Task<byte[]?> QrPngAsync(Guid passportVersionId, CancellationToken ct) =>
        database.FindPublicAsync<byte[]>(
        """
        SELECT qr_png FROM passport_versions
         WHERE passport_version_id = @passportVersionId AND status IN ('ACTIVE', 'SUPERSEDED', 'REVOKED')
           AND activated_at IS NOT NULL
        """, new { passportVersionId }, ct);

    /// <summary>What a public view is made of.</summary>
    public Task<PublicSignedRow?> SignedAsync(Guid passportVersionId, CancellationToken ct) =>
        database.FindPublicAsync<PublicSignedRow>(
        """
        SELECT v.payload, v.receipt, v.receipt_hash, v.signature, v.signing_key_id, v.signing_public_key,
               s.content AS public_section
          FROM passport_versions v
          JOIN passport_sections s ON s.passport_version_id = v.passport_version_id AND s.section = 'public'
         WHERE v.passport_version_id = @passportVersionId AND v.status IN ('ACTIVE', 'SUPERSEDED', 'REVOKED')
           AND v.activated_at IS NOT NULL
           AND v.signing_key_id IS NOT NULL
        """, new { passportVersionId }, ct);

    public Task<string?> RulesAsync(Guid tenantId, Guid rulePackageVersionId, CancellationToken ct) =>
        database.FindAsync<string>(
        """
        SELECT dsl_source FROM rule_package_versions
         WHERE tenant_id = @tenantId AND rule_package_version_id = @rulePackageVersionId
        """, new { tenantId, rulePackageVersionId }, ct);
}

internal sealed record PublicPassportRow(
    Guid PassportVersionId, string Status, DateTime IssuedAt, DateTime? SignedAt, DateTime? SupersededAt,
    DateTime? RevokedAt, Guid? ActiveVersionId, string PayloadHash, string ProofRootHash, string ReceiptHash,
    string SigningKeyId, byte[] SigningPublicKey, string ProductName, string Sku, string Category, string SerialNumber,
    Guid TenantId, Guid RulePackageVersionId, byte[] PublicSection);

internal sealed record PublicSignedRow(
    byte[] Payload, byte[] Receipt, string ReceiptHash, byte[] Signature, string SigningKeyId, byte[] SigningPublicKey,
    byte[] PublicSection);
