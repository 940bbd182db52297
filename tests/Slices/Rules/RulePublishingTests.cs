using Bpc.Core;
using Bpc.GrainInterfaces.Rules;
using Bpc.Grains.Rules;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Slices.Rules;

[Trait("Category", "Integration")]
public sealed class RulePublishingTests(PostgresServer postgres)
{
    // One more case than publishing wants, all of them distinct.
    private const string Tests = """
        example minimal {
          product { sku: "SKU-123" }
          fact "Battery" "battery:SKU-123" { "rated_capacity_kwh": "75.500" }
          expect battery.capacity_kwh == 75.500 kWh
        }
        property capacity_is_what_the_fact_says cases 500 seed 42 {
          forall c : Dec(3) in 0.001..2000.000 .
            product { sku: "SKU-123" }
            fact "Battery" "battery:SKU-123" { "rated_capacity_kwh": c }
            expect battery.capacity_kwh == qty(c, kWh)
        }
        """;

    private const string FailingTests = """
        example wrong {
          product { sku: "SKU-123" }
          fact "Battery" "battery:SKU-123" { "rated_capacity_kwh": "75.500" }
          expect battery.capacity_kwh == 80.000 kWh
        }
        """;

    [Fact]
    public async Task A_version_is_drafted_tested_and_published()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var draft = await DraftAsync(silo, Tests);
        var grain = silo.Grains.GetGrain<IRulePackageVersionGrain>(draft.RulePackageVersionId);

        var early = await Assert.ThrowsAsync<BpcException>(() => grain.PublishAsync(silo.Call()));
        var run = await silo.EndAsync((await grain.RunTestsAsync(silo.Call(), 42)).JobId);
        var again = await silo.RunAgainAsync(run.JobId);
        var published = await grain.PublishAsync(silo.Call());

        Assert.Equal(("DRAFT", 1), (draft.Status, draft.Version));
        Assert.Equal(BpcError.RuleTestsFailed, early.Code);
        Assert.Equal(("SUCCEEDED", """{"cases": 501, "failed": 0}"""), (run.Status, run.Result));
        Assert.Equal(run, again);
        Assert.Equal(1, await silo.CountAsync("rule_tests_runs WHERE seed = 42"));
        Assert.Equal(draft with { Status = "PUBLISHED" }, published);
        Assert.Equal(published, await grain.PublishAsync(silo.Call()));
        await silo.HappenedOnceAsync(
            "rule_package.created", "rule_package_version.drafted", "rule_package_version.validated",
            "rule_package_version.published");
    }

    [Fact]
    public async Task Rule_tests_that_find_others_under_way_wait_in_the_queue_and_spend_no_attempt()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var draft = await DraftAsync(silo, Tests);
        var grain = silo.Grains.GetGrain<IRulePackageVersionGrain>(draft.RulePackageVersionId);
        var turn = silo.Service<RuleTestsTurn>();
        Assert.Equal(TimeSpan.Zero, turn.Take(random: 0));

        var runs = new[] { await grain.RunTestsAsync(silo.Call(), 1), await grain.RunTestsAsync(silo.Call(), 2) };
        foreach (var run in runs)
        {
            await JobRows.UntilAsync(
                async () => await silo.CountAsync(
                    "jobs WHERE job_id = $1 AND status = 'QUEUED' AND attempts = 0 AND lease_epoch > 0",
                    run.JobId) == 1,
                "it was sent away, and waits");
        }

        turn.End();
        await silo.Database.ExecuteAsync("UPDATE jobs SET scheduled_at = now() WHERE status = 'QUEUED'");
        foreach (var run in runs)
        {
            Assert.Equal("SUCCEEDED", (await silo.EndAsync(run.JobId)).Status);
        }

        Assert.Equal(2, await silo.CountAsync("jobs WHERE type = 'RUN_RULE_TESTS' AND attempts = 1"));
    }

    [Fact]
    public async Task A_version_with_a_failing_test_stays_a_draft_and_publishing_names_the_failure()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var draft = await DraftAsync(silo, FailingTests);
        var grain = silo.Grains.GetGrain<IRulePackageVersionGrain>(draft.RulePackageVersionId);

        var run = await silo.EndAsync((await grain.RunTestsAsync(silo.Call(), 1)).JobId);
        var error = await Assert.ThrowsAsync<BpcException>(() => grain.PublishAsync(silo.Call()));

        Assert.Equal(("SUCCEEDED", """{"cases": 1, "failed": 1}"""), (run.Status, run.Result));
        Assert.Equal(BpcError.RuleTestsFailed, error.Code);
        Assert.Contains("wrong", error.Message);
        Assert.Equal(1, await silo.CountAsync("rule_package_versions WHERE status = 'DRAFT'"));
    }

    [Fact]
    public async Task A_failure_that_shows_what_the_database_cannot_hold_is_recorded_all_the_same()
    {
        const string tests = """
            property wrong cases 1 seed 1 {
              forall t : Text in ["\u0000"] .
                product { sku: "SKU-123" }
                fact "Battery" "battery:SKU-123" { "rated_capacity_kwh": "75.500", "note": t }
                expect battery.capacity_kwh == 80.000 kWh
            }
            """;
        await using var silo = await TestSilo.StartAsync(postgres);
        var draft = await DraftAsync(silo, tests);
        var grain = silo.Grains.GetGrain<IRulePackageVersionGrain>(draft.RulePackageVersionId);

        var run = await silo.EndAsync((await grain.RunTestsAsync(silo.Call(), 1)).JobId);

        Assert.Equal(("SUCCEEDED", """{"cases": 1, "failed": 1}"""), (run.Status, run.Result));
        Assert.Equal("t = \ufffd", await silo.Database.ScalarAsync<string>(
            "SELECT report -> 'failures' -> 0 ->> 'case' FROM rule_tests_runs"));
    }

    [Fact]
    public async Task Tests_that_do_not_parse_are_refused_before_anything_is_stored()
    {
        await using var silo = await TestSilo.StartAsync(postgres);

        var error = await Assert.ThrowsAsync<BpcException>(() => DraftAsync(silo, "example {"));

        Assert.Equal(BpcError.RuleParse, error.Code);
        Assert.Contains("line 1", error.Violations[0].Where);
        Assert.Equal(0, await silo.CountAsync("rule_package_versions"));
    }

    private static async Task<RulePackageVersionState> DraftAsync(TestSilo silo, string tests)
    {
        var package = silo.Grains.GetGrain<IRulePackageGrain>(Guid.CreateVersion7());
        await package.CreateAsync(silo.Call(), "EV rules", null);
        return await package.AddVersionAsync(silo.Call(), Samples.Rules, tests);
    }
}
