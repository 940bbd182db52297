using Bpc.Grains.Calls;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Passports;

/// <summary>A version as activation sees it.</summary>
internal sealed record ActivationCandidate(string Status, bool HasQr);

/// <summary>Whether a passport can be compiled, as a request finds it.</summary>
/// <param name="RulesReason">Why the rule package version was left behind.</param>
internal sealed record CompileReadiness(
    bool HasPassport, string? SnapshotStatus, string? RulesStatus, string? RulesReason);

/// <summary>The SQL of battery products, passports and which of a passport's versions is ACTIVE.</summary>
internal static class PassportStore
{
    /// <summary>Null where the SKU was free and now is this product's; otherwise the product that has it.</summary>
    public static async Task<Guid?> TakeSkuAsync(
        CallTransaction tx, Guid productId, string sku, string name, string category)
    {
        const string insert = """
            INSERT INTO battery_products (battery_product_id, tenant_id, sku, name, category)
            VALUES (@productId, @TenantId, @sku, @name, @category) ON CONFLICT (tenant_id, sku) DO NOTHING
            """;
        const string holder =
            "SELECT battery_product_id FROM battery_products WHERE tenant_id = @TenantId AND sku = @sku";
        var parameters = new { productId, tx.TenantId, sku, name, category };
        return await tx.ExecuteAsync(insert, parameters) == 1 ? null : await tx.FirstAsync<Guid>(holder, parameters);
    }

    public static async Task<bool> ProductExistsAsync(CallTransaction tx, Guid productId) =>
        await tx.FirstAsync<int?>(
            "SELECT 1 FROM battery_products WHERE tenant_id = @TenantId AND battery_product_id = @productId",
            new { tx.TenantId, productId }) is not null;

    /// <summary>Null where the battery had no passport and this now is its; otherwise the passport it has.</summary>
    public static async Task<Guid?> TakeSerialNumberAsync(
        CallTransaction tx, Guid passportId, Guid productId, string serialNumber)
    {
        const string insert = """
            INSERT INTO passports (passport_id, tenant_id, battery_product_id, serial_number)
            VALUES (@passportId, @TenantId, @productId, @serialNumber)
            ON CONFLICT (tenant_id, battery_product_id, serial_number) DO NOTHING
            """;
        const string holder = """
            SELECT passport_id FROM passports
            WHERE tenant_id = @TenantId AND battery_product_id = @productId AND serial_number = @serialNumber
            """;
        var parameters = new { passportId, tx.TenantId, productId, serialNumber };
        return await tx.ExecuteAsync(insert, parameters) == 1 ? null : await tx.FirstAsync<Guid>(holder, parameters);
    }

    /// <summary>
    /// What a compile begins with, in one round trip; the states are null where there is no such thing.
    /// </summary>
    public static async Task<CompileReadiness> CompileReadinessAsync(
        CallTransaction tx, Guid passportId, Guid snapshotId, Guid rulesId)
    {
        const string sql = """
            SELECT EXISTS (SELECT FROM passports
                            WHERE tenant_id = @TenantId AND passport_id = @passportId) AS HasPassport,
                   (SELECT status FROM snapshots
                     WHERE tenant_id = @TenantId AND snapshot_id = @snapshotId) AS SnapshotStatus,
                   r.status AS RulesStatus, r.status_reason AS RulesReason
              FROM (SELECT @TenantId AS tenant_id) t
              LEFT JOIN rule_package_versions r
                ON r.tenant_id = t.tenant_id AND r.rule_package_version_id = @rulesId
            """;
        return (await tx.FirstAsync<CompileReadiness>(sql, new { tx.TenantId, passportId, snapshotId, rulesId }))!;
    }

    /// <summary>
    /// The passport's version, the passport's row locked until the call ends: of parallel activations one goes at a
    /// time.
    /// </summary>
    public static async Task<ActivationCandidate?> LockForActivationAsync(
        CallTransaction tx, Guid passportId, Guid versionId)
    {
        const string locked =
            "SELECT 1 FROM passports WHERE tenant_id = @TenantId AND passport_id = @passportId FOR UPDATE";
        const string candidate = """
            SELECT status AS Status, qr_png IS NOT NULL AS HasQr FROM passport_versions
            WHERE tenant_id = @TenantId AND passport_id = @passportId AND passport_version_id = @versionId FOR UPDATE
            """;
        var parameters = new { tx.TenantId, passportId, versionId };
        return await tx.FirstAsync<int?>(locked, parameters) is null
            ? null : await tx.FirstAsync<ActivationCandidate>(candidate, parameters);
    }

    /// <summary>SUPERSEDED, where the passport has an ACTIVE version; its id, or null.</summary>
    public static Task<Guid?> SupersedeAsync(CallTransaction tx, Guid passportId, Guid byVersionId)
    {
        const string sql = """
            UPDATE passport_versions SET status = 'SUPERSEDED', superseded_at = now(), superseded_by = @byVersionId
            WHERE tenant_id = @TenantId AND passport_id = @passportId AND status = 'ACTIVE'
            RETURNING passport_version_id
            """;
        return tx.FirstAsync<Guid?>(sql, new { tx.TenantId, passportId, byVersionId });
    }

    public static Write Activate(Guid tenantId, Guid versionId) => new(
        """
        UPDATE passport_versions SET status = 'ACTIVE', activated_at = now()
        WHERE tenant_id = $1 AND passport_version_id = $2 AND status = 'SIGNED'
        """,
        [tenantId, versionId]);
}
