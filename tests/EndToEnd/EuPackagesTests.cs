using Bpc.Cli.Demo;
using Bpc.Core.Passports.Verifying;
using Bpc.Tests.Database;
using Bpc.Tests.Rules.Eu;

namespace Bpc.Tests.EndToEnd;

/// <summary>The packages of rules/eu-2023-1542 through the real pipeline, with their sample batteries.</summary>
[Trait("Category", "Integration")]
public sealed class EuPackagesTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_package_is_tested_by_its_job_published_and_makes_a_passport_that_verifies()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await PipelineCluster.StartAsync(database, Ct);
        foreach (var package in EuPackage.All)
        {
            var rules = await new Rulebook(cluster.Api, cluster.Silence).PublishAsync(new(new(package.RulesFile)), Ct);
            var facts = await new Documents(cluster.Api, cluster.Silence).UploadAllAsync(
                InputDocument.In(new(package.Complete)), Ct);
            var compilation = new Compilation(cluster.Api, cluster.Silence);
            var passport = await compilation.CreatePassportAsync(Battery.In(facts), Ct);
            var snapshot = await compilation.SealSnapshotAsync(facts, Ct);
            var version = await compilation.CompileAsync(passport, snapshot, rules, Ct);
            var active = await compilation.ActivateAsync(version, Ct);

            Assert.Equal("ACTIVE", (string?)active["status"]);
            var bundle = await cluster.Api.BytesAsync($"v1/passport-versions/{version}/bundle", Ct);
            Assert.Null(BundleVerifier.Verify(bundle, [cluster.PublicKey]).Mismatch);
        }

        Assert.Equal(3L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM rule_tests_runs WHERE cases >= 500 AND failed = 0"));
        Assert.Equal(3L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM rule_package_versions WHERE status = 'PUBLISHED'"));
    }
}
