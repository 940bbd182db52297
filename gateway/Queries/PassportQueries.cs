using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads battery products, passports and the state of their versions.</summary>
internal sealed class PassportQueries(GatewayDatabase database)
{
    private const string VersionColumns = """
        SELECT v.passport_version_id, v.passport_id, v.status, v.issued_at, v.snapshot_id, v.rule_package_version_id,
               v.compiler_build_id, v.payload_hash, v.proof_root_hash, v.receipt_hash, v.signing_key_id, v.qr_payload,
               v.created_at, v.signed_at, v.activated_at, v.superseded_at, v.superseded_by,
               (SELECT o.passport_version_id FROM passport_versions o
                 WHERE o.passport_id = v.passport_id AND o.superseded_by = v.passport_version_id
                 ORDER BY o.superseded_at DESC LIMIT 1) AS supersedes,
               v.revoked_at, v.revoke_reason
          FROM passport_versions v
        """;

    public async Task<Page<BatteryProductRow>> ProductsAsync(
        Guid tenantId, ProductFilter filter, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT battery_product_id, sku, name, category, created_at FROM battery_products
             WHERE tenant_id = @tenantId AND (@Sku::text IS NULL OR sku = @Sku)
               AND (@after::uuid IS NULL OR battery_product_id < @after::uuid)
             ORDER BY battery_product_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<BatteryProductRow>(
            sql, new { tenantId, filter.Sku, after = page.After("battery-products"), fetch = page.Fetch }, ct);
        return page.Cut("battery-products", rows, p => $"{p.BatteryProductId}");
    }

    public async Task<Page<PassportRow>> PassportsAsync(
        Guid tenantId, PassportFilter filter, PageRequest page, CancellationToken ct)
    {
        // A statement for each way to ask: one for all would be planned for none of them.
        var ofProduct = filter.Sku is null ? "" : """
            AND p.battery_product_id =
                (SELECT battery_product_id FROM battery_products WHERE tenant_id = @tenantId AND sku = @Sku)
            """;
        var ofBattery = filter.SerialNumber is null ? "" : "AND p.serial_number = @SerialNumber";
        var sql = $"""
            SELECT p.passport_id, p.battery_product_id, b.sku, p.serial_number,
                   (SELECT v.passport_version_id FROM passport_versions v
                     WHERE v.passport_id = p.passport_id AND v.status = 'ACTIVE') AS active_version_id, p.created_at
              FROM passports p JOIN battery_products b USING (battery_product_id)
             WHERE p.tenant_id = @tenantId AND (@after::uuid IS NULL OR p.passport_id < @after::uuid)
               {ofProduct} {ofBattery}
             ORDER BY p.passport_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<PassportRow>(
            sql,
            new { tenantId, filter.Sku, filter.SerialNumber, after = page.After("passports"), fetch = page.Fetch }, ct);
        return page.Cut("passports", rows, p => $"{p.PassportId}");
    }

    /// <summary>The versions of a passport, newest first; null where the tenant has no such passport.</summary>
    public async Task<Page<PassportVersionRow>?> VersionsAsync(
        Guid tenantId, Guid passportId, PageRequest page, CancellationToken ct)
    {
        const string exists =
            "SELECT passport_id FROM passports WHERE tenant_id = @tenantId AND passport_id = @passportId";
        if (await database.FindAsync<Guid?>(exists, new { tenantId, passportId }, ct) is null)
        {
            return null;
        }

        const string sql = $"""
            {VersionColumns}
             WHERE v.tenant_id = @tenantId AND v.passport_id = @passportId
               AND (@after::uuid IS NULL OR v.passport_version_id < @after::uuid)
             ORDER BY v.passport_version_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<PassportVersionRow>(
            sql, new { tenantId, passportId, after = page.After("versions"), fetch = page.Fetch }, ct);
        return page.Cut("versions", rows, v => $"{v.PassportVersionId}");
    }

    public Task<PassportVersionRow?> VersionAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        database.FindAsync<PassportVersionRow>(
            $"{VersionColumns} WHERE v.tenant_id = @tenantId AND v.passport_version_id = @id", new { tenantId, id },
            ct);
}

internal sealed record BatteryProductRow(
    Guid BatteryProductId, string Sku, string Name, string Category, DateTime CreatedAt);

internal sealed record PassportRow(
    Guid PassportId, Guid BatteryProductId, string Sku, string SerialNumber, Guid? ActiveVersionId, DateTime CreatedAt);

internal sealed record PassportVersionRow(
    Guid PassportVersionId, Guid PassportId, string Status, DateTime IssuedAt, Guid SnapshotId,
    Guid RulePackageVersionId, string CompilerBuildId, string PayloadHash, string ProofRootHash, string ReceiptHash,
    string? SigningKeyId, string? QrPayload, DateTime CreatedAt, DateTime? SignedAt, DateTime? ActivatedAt,
    DateTime? SupersededAt, Guid? SupersededBy, Guid? Supersedes, DateTime? RevokedAt, string? RevokeReason);
