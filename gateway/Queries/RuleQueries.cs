using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads rule packages and their versions.</summary>
internal sealed class RuleQueries(GatewayDatabase database)
{
    public async Task<Page<RulePackageRow>> PackagesAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT rule_package_id, name, description, created_at FROM rule_packages
             WHERE tenant_id = @tenantId AND (@after::uuid IS NULL OR rule_package_id < @after::uuid)
             ORDER BY rule_package_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<RulePackageRow>(
            sql, new { tenantId, after = page.After("rule-packages"), fetch = page.Fetch }, ct);
        return page.Cut("rule-packages", rows, p => $"{p.RulePackageId}");
    }

    /// <summary>Without their sources; null where the tenant has no such package.</summary>
    public async Task<Page<RulePackageVersionLine>?> VersionsAsync(
        Guid tenantId, Guid packageId, PageRequest page, CancellationToken ct)
    {
        const string exists =
            "SELECT rule_package_id FROM rule_packages WHERE tenant_id = @tenantId AND rule_package_id = @packageId";
        if (await database.FindAsync<Guid?>(exists, new { tenantId, packageId }, ct) is null)
        {
            return null;
        }

        const string sql = """
            SELECT rule_package_version_id, version, language, dsl_sha256, tests_sha256, status, status_reason,
                   created_at, published_at, deprecated_at, retired_at
              FROM rule_package_versions
             WHERE tenant_id = @tenantId AND rule_package_id = @packageId
               AND (@after::int IS NULL OR version < @after::int)
             ORDER BY version DESC LIMIT @fetch
            """;
        var list = $"versions of {packageId}";
        var rows = await database.ListAsync<RulePackageVersionLine>(
            sql, new { tenantId, packageId, after = page.After(list), fetch = page.Fetch }, ct);
        return page.Cut(list, rows, v => $"{v.Version}");
    }

    public Task<RulePackageVersionRow?> VersionAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        const string sql = """
            SELECT v.rule_package_version_id, v.rule_package_id, v.version, v.language, v.dsl_sha256, v.tests_sha256,
                   v.status, v.status_reason, v.created_at, v.published_at, v.deprecated_at, v.retired_at,
                   v.dsl_source, v.tests_source,
                   (SELECT json_build_object(
                             'seed', r.seed, 'cases', r.cases, 'failed', r.failed, 'report', r.report)::text
                      FROM rule_tests_runs r WHERE r.rule_package_version_id = v.rule_package_version_id
                     ORDER BY r.created_at DESC LIMIT 1) AS last_tests_run
              FROM rule_package_versions v WHERE v.tenant_id = @tenantId AND v.rule_package_version_id = @id
            """;
        return database.FindAsync<RulePackageVersionRow>(sql, new { tenantId, id }, ct);
    }
}

internal sealed record RulePackageRow(Guid RulePackageId, string Name, string? Description, DateTime CreatedAt);

internal sealed record RulePackageVersionLine(
    Guid RulePackageVersionId, int Version, string Language, string DslSha256, string TestsSha256, string Status,
    string? StatusReason, DateTime CreatedAt, DateTime? PublishedAt, DateTime? DeprecatedAt, DateTime? RetiredAt);

internal sealed record RulePackageVersionRow(
    Guid RulePackageVersionId, Guid RulePackageId, int Version, string Language, string DslSha256, string TestsSha256,
    string Status, string? StatusReason, DateTime CreatedAt, DateTime? PublishedAt, DateTime? DeprecatedAt,
    DateTime? RetiredAt, string DslSource, string TestsSource,
    RawJson? LastTestsRun);
