using Bpc.Core.Canonical;
using Bpc.Core.Rules;
using Bpc.GrainInterfaces.Rules;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Rules;

/// <summary>What a rule package version holds for those who run it.</summary>
internal sealed record StoredRules(string Status, string DslSource, string TestsSource);

/// <summary>A run of a version's tests, as far as publishing looks at it.</summary>
internal sealed record TestsRun(int Cases, int Failed, string Report);

/// <summary>The SQL of rule packages, their versions and test runs.</summary>
internal sealed class RuleStore(NpgsqlDataSource database)
{
    public async Task<StoredRules?> FindAsync(Guid tenantId, Guid versionId, CancellationToken ct)
    {
        const string sql = """
            SELECT status AS Status, dsl_source AS DslSource, tests_source AS TestsSource FROM rule_package_versions
            WHERE tenant_id = @tenantId AND rule_package_version_id = @versionId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<StoredRules>(
            new(sql, new { tenantId, versionId }, cancellationToken: ct));
    }

    /// <summary>What the job has run before; null on its first attempt.</summary>
    public async Task<TestsRun?> FindRunAsync(Guid tenantId, Guid jobId, CancellationToken ct)
    {
        const string sql = """
            SELECT cases AS Cases, failed AS Failed, report::text AS Report FROM rule_tests_runs
            WHERE tenant_id = @tenantId AND job_id = @jobId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<TestsRun>(
            new(sql, new { tenantId, jobId }, cancellationToken: ct));
    }

    /// <summary>Null where the name was free and now is this package's; otherwise the package that has it.</summary>
    public static async Task<Guid?> TakeNameAsync(CallTransaction tx, Guid packageId, string name, string? description)
    {
        const string insert = """
            INSERT INTO rule_packages (rule_package_id, tenant_id, name, description)
            VALUES (@packageId, @TenantId, @name, @description) ON CONFLICT (tenant_id, name) DO NOTHING
            """;
        const string holder = "SELECT rule_package_id FROM rule_packages WHERE tenant_id = @TenantId AND name = @name";
        var parameters = new { packageId, tx.TenantId, name, description };
        return await tx.ExecuteAsync(insert, parameters) == 1 ? null : await tx.FirstAsync<Guid>(holder, parameters);
    }

    /// <summary>
    /// The number of the package's next version, its row locked; null where the tenant has no such package.
    /// </summary>
    public static async Task<int?> NextVersionAsync(CallTransaction tx, Guid packageId)
    {
        const string locked =
            "SELECT 1 FROM rule_packages WHERE tenant_id = @TenantId AND rule_package_id = @packageId FOR UPDATE";
        const string next =
            "SELECT coalesce(max(version), 0) + 1 FROM rule_package_versions WHERE rule_package_id = @packageId";
        var parameters = new { tx.TenantId, packageId };
        return await tx.FirstAsync<int?>(locked, parameters) is null ? null
            : await tx.FirstAsync<int>(next, parameters);
    }

    /// <summary>The version, its row locked until the call ends; null where the tenant has no such version.</summary>
    public static Task<RulePackageVersionState?> LockVersionAsync(CallTransaction tx, Guid versionId)
    {
        const string sql = """
            SELECT rule_package_version_id AS RulePackageVersionId, version AS Version, status AS Status,
                   dsl_sha256 AS DslSha256, tests_sha256 AS TestsSha256
            FROM rule_package_versions WHERE tenant_id = @TenantId AND rule_package_version_id = @versionId FOR UPDATE
            """;
        return tx.FirstAsync<RulePackageVersionState>(sql, new { tx.TenantId, versionId });
    }

    public static Task<TestsRun?> LastRunAsync(CallTransaction tx, Guid versionId)
    {
        const string sql = """
            SELECT cases AS Cases, failed AS Failed, report::text AS Report FROM rule_tests_runs
            WHERE tenant_id = @TenantId AND rule_package_version_id = @versionId
            ORDER BY created_at DESC, rule_tests_run_id DESC LIMIT 1
            """;
        return tx.FirstAsync<TestsRun>(sql, new { tx.TenantId, versionId });
    }

    public static Write InsertVersion(
        Guid tenantId, Guid packageId, RulePackageVersionState version, RuleDraft draft) => new(
        """
        INSERT INTO rule_package_versions (rule_package_version_id, tenant_id, rule_package_id, version, language,
                                           dsl_source, tests_source, dsl_sha256, tests_sha256)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        [
            version.RulePackageVersionId, tenantId, packageId, version.Version, RulePackage.Language,
            draft.DslSource, draft.TestsSource, draft.DslSha256, draft.TestsSha256,
        ]);

    public static Write InsertRun(Guid tenantId, Guid versionId, Guid jobId, RuleTestReport report, string json) => new(
        """
        INSERT INTO rule_tests_runs (rule_tests_run_id, tenant_id, rule_package_version_id, job_id, seed, cases,
            failed, report)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
        """,
        [Guid.CreateVersion7(), tenantId, versionId, jobId, report.Seed, report.Cases, report.Failed, json]);

    /// <summary>
    /// VALIDATED with its event, where the version still is a DRAFT: of two runs at a time one says so.
    /// </summary>
    public static Write MarkValidated(
        Guid tenantId, Guid versionId, string actor, JsonValue.Record payload, Cause cause) => new(
        """
        WITH validated AS (
          UPDATE rule_package_versions SET status = 'VALIDATED'
          WHERE tenant_id = $1 AND rule_package_version_id = $2 AND status = 'DRAFT'
          RETURNING rule_package_version_id)
        SELECT append_event(
                 $1, 'rule_package_version', rule_package_version_id, 'rule_package_version.validated', $3, $4)
        FROM validated, bpc_caused_by($5::text, $6::text)
        """,
        [tenantId, versionId, actor, Events.Text(payload), cause.TraceParent, cause.CorrelationId],
        Rows: null, Enqueues: true);

    public static Write MarkPublished(Guid tenantId, Guid versionId) => new(
        """
        UPDATE rule_package_versions SET status = 'PUBLISHED', published_at = now()
        WHERE tenant_id = $1 AND rule_package_version_id = $2 AND status = 'VALIDATED'
        """,
        [tenantId, versionId]);

    /// <summary>DEPRECATED or RETIRED; a trigger dates it.</summary>
    public static Write MarkLeft(Guid tenantId, Guid versionId, string from, string to, string reason) => new(
        """
        UPDATE rule_package_versions SET status = $4, status_reason = $5
        WHERE tenant_id = $1 AND rule_package_version_id = $2 AND status = $3
        """,
        [tenantId, versionId, from, to, reason]);
}
