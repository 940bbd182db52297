using Bpc.Core.Facts;
using Bpc.Core.Passports;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Passports;

/// <summary>What is compiled against what.</summary>
internal sealed record CompileIds(Guid TenantId, Guid PassportId, Guid SnapshotId, Guid RulePackageVersionId);

/// <summary>
/// One row with all a compile reads besides the facts and the rules' source; null is what the tenant does not have.
/// </summary>
/// <param name="Now">The database's clock, microseconds: issued_at of a new version.</param>
internal sealed record CompileRow(
    Guid? BatteryProductId, string? Sku, string? Category, string? SerialNumber,
    string? SnapshotStatus, string? SnapshotHash, byte[]? SnapshotSecret,
    string? RulesStatus, string? RulesReason, string? DslSha256, string? TestsSha256, DateTime Now)
{
    /// <summary>The pure function's input, once the preconditions hold.</summary>
    public CompileInput Input(
        CompileIds ids, Guid passportVersionId, IReadOnlyList<Fact> facts, DateTime issuedAt, string buildId,
        ArtefactLimits limits) =>
        new(ids.TenantId, passportVersionId, ids.PassportId, BatteryProductId!.Value, Sku!, Category!, SerialNumber!,
            ids.SnapshotId, SnapshotHash!, SnapshotSecret!, facts,
            ids.RulePackageVersionId, DslSha256!, TestsSha256!, issuedAt, buildId, limits);
}

/// <summary>The SQL that reads what a compile needs.</summary>
internal sealed class CompileStore(NpgsqlDataSource database)
{
    public async Task<CompileRow> RowAsync(CompileIds ids, CancellationToken ct)
    {
        // From one row that always is there, so that what is missing comes back as null and can be named.
        const string sql = """
            SELECT p.battery_product_id AS BatteryProductId, b.sku AS Sku, b.category AS Category,
                   p.serial_number AS SerialNumber,
                   s.status AS SnapshotStatus, s.snapshot_hash AS SnapshotHash, s.secret AS SnapshotSecret,
                   r.status AS RulesStatus, r.status_reason AS RulesReason,
                   r.dsl_sha256 AS DslSha256, r.tests_sha256 AS TestsSha256, clock_timestamp() AS Now
            FROM (SELECT @TenantId AS tenant_id) t
            LEFT JOIN passports p ON p.tenant_id = t.tenant_id AND p.passport_id = @PassportId
            LEFT JOIN battery_products b ON b.battery_product_id = p.battery_product_id
            LEFT JOIN snapshots s ON s.tenant_id = t.tenant_id AND s.snapshot_id = @SnapshotId
            LEFT JOIN rule_package_versions r ON r.tenant_id = t.tenant_id
              AND r.rule_package_version_id = @RulePackageVersionId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<CompileRow>(new(sql, ids, cancellationToken: ct));
    }
}
