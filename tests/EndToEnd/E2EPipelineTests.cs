using System.Text.Json.Nodes;
using Bpc.Cli.Demo;
using Bpc.Cli.Rules;
using Bpc.Core;
using Bpc.Core.Passports.Verifying;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.EndToEnd;

[Trait("Category", "Integration")]
public sealed class E2EPipelineTests(PostgresServer postgres)
{
    private static readonly DirectoryInfo s_documents = new(Path.Combine(Repository.Root, "samples", "ev-battery"));
    private static readonly RuleFile s_rules =
        new(new(Path.Combine(Repository.Root, "rules", "sample", "ev-battery.bpcr")));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "E2E happy path (upload → parse → compile → sign → qr → activate)")]
    public async Task Happy_path_from_upload_to_active()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await PipelineCluster.StartAsync(database, Ct);
        var compilation = new Compilation(cluster.Api, cluster.Silence);

        var facts = await UploadAsync(cluster);
        var passport = await compilation.CreatePassportAsync(Battery.In(facts), Ct);
        var snapshot = await compilation.SealSnapshotAsync(facts, Ct);
        var rules = await new Rulebook(cluster.Api, cluster.Silence).PublishAsync(s_rules, Ct);
        var version = await compilation.CompileAsync(passport, snapshot, rules, Ct);
        var active = await compilation.ActivateAsync(version, Ct);

        Assert.Equal("ACTIVE", (string?)active["status"]);
        var report = BundleVerifier.Verify(
            await cluster.Api.BytesAsync($"v1/passport-versions/{version}/bundle", Ct), [cluster.PublicKey]);
        Assert.True(report.SignerTrusted);
        Assert.Null(report.Mismatch);
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE status <> 'SUCCEEDED'") == 0,
            "every job has succeeded, the snapshot's among them");
    }

    [Fact(DisplayName = "E2E with invalid snapshot (SNAPSHOT_NOT_SEALED error)")]
    public async Task A_snapshot_that_is_not_sealed_is_not_compiled()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await PipelineCluster.StartAsync(database, Ct);
        var passport = await CreatePassportAsync(cluster);
        var created = await cluster.Api.PostAsync("v1/snapshots", new { Label = "still open" }, Ct);
        var snapshot = (string)created["snapshot_id"]!;
        var rules = await new Rulebook(cluster.Api, cluster.Silence).PublishAsync(s_rules, Ct);

        await AssertRefusedAsync(cluster, database, BpcError.SnapshotNotSealed, passport, snapshot, rules);
    }

    [Fact(DisplayName = "E2E with invalid rules (RULE_PKG_NOT_PUBLISHED error)")]
    public async Task Rules_that_are_not_published_compile_nothing()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await PipelineCluster.StartAsync(database, Ct);
        var passport = await CreatePassportAsync(cluster);
        var compilation = new Compilation(cluster.Api, cluster.Silence);
        var snapshot = await compilation.SealSnapshotAsync(await UploadAsync(cluster), Ct);
        var rules = await StoreRulesAsync(cluster);

        await AssertRefusedAsync(cluster, database, BpcError.RulePackageNotPublished, passport, snapshot, rules);
    }

    /// <summary>
    /// The API refuses before anything is queued; a job put in by SQL backs off and keeps the reason.
    /// </summary>
    private static async Task AssertRefusedAsync(
        PipelineCluster cluster, TestDatabase database, BpcError code, string passport, string snapshot, string rules)
    {
        var refused = await Assert.ThrowsAsync<BpcException>(() => cluster.Api.PostAsync(
            $"v1/passports/{passport}/compile", new { SnapshotId = snapshot, RulePackageVersionId = rules }, Ct));
        Assert.Equal(code, refused.Code);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE type = 'COMPILE_PASSPORT'"));

        var job = Guid.CreateVersion7();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (job_id, tenant_id, type, payload) VALUES ($1, $2, 'COMPILE_PASSPORT', jsonb_build_object(
                'passport_id', $3::text, 'snapshot_id', $4::text, 'rule_package_version_id', $5::text))
            """, job, cluster.Tenant.TenantId, passport, snapshot, rules);
        var tried = await cluster.Api.WaitAsync(
            $"v1/jobs/{job}", j => j["last_error"] is not null && (string?)j["status"] == "QUEUED", Ct);
        Assert.Equal(code.Name, (string?)tried["last_error"]!["error_code"]);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM passport_versions"));
    }

    private static Task<IReadOnlyList<FoundFact>> UploadAsync(PipelineCluster cluster) =>
        new Documents(cluster.Api, cluster.Silence).UploadAllAsync(InputDocument.In(s_documents), Ct);

    private static Task<string> CreatePassportAsync(PipelineCluster cluster) =>
        new Compilation(cluster.Api, cluster.Silence).CreatePassportAsync(
            new("SKU-1", "EV", "A battery", "SN-1", SerialNumbers: 1), Ct);

    private static async Task<string> StoreRulesAsync(PipelineCluster cluster)
    {
        JsonNode package = await cluster.Api.PostAsync("v1/rule-packages", new { Name = "draft" }, Ct);
        var version = await cluster.Api.PostAsync(
            $"v1/rule-packages/{package["rule_package_id"]}/versions",
            new { DslSource = s_rules.ReadSource(), TestsSource = s_rules.ReadTests(s_rules.Check()) }, Ct);
        return (string)version["rule_package_version_id"]!;
    }
}
