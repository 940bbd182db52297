using Bpc.Core;
using Bpc.GrainInterfaces.Passports;
using Bpc.GrainInterfaces.Rules;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Rules;

[Trait("Category", "Integration")]
public sealed class RuleRetirementTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_published_version_is_deprecated_then_retired_each_once_with_its_reason()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var id = await silo.RulesAsync();
        var grain = silo.Grains.GetGrain<IRulePackageVersionGrain>(id);

        var early = await Assert.ThrowsAsync<BpcException>(() => grain.RetireAsync(silo.Call(), "at once"));
        var deprecated = await grain.DeprecateAsync(silo.Call(), "see 2027.2");
        Assert.Equal(deprecated, await grain.DeprecateAsync(silo.Call(), "said twice"));
        var retired = await grain.RetireAsync(silo.Call(), "Annex XIII was amended");
        Assert.Equal(retired, await grain.RetireAsync(silo.Call(), "said twice"));
        var late = await Assert.ThrowsAsync<BpcException>(() => grain.DeprecateAsync(silo.Call(), "too late"));
        var again = await Assert.ThrowsAsync<BpcException>(() => grain.PublishAsync(silo.Call()));

        Assert.Equal((id, "DEPRECATED"), (deprecated.RulePackageVersionId, deprecated.Status));
        Assert.Equal((id, "RETIRED"), (retired.RulePackageVersionId, retired.Status));
        Assert.All([early, late, again], error => Assert.Equal(BpcError.InvalidState, error.Code));
        Assert.Contains("is PUBLISHED; only a DEPRECATED one becomes RETIRED", early.Message);
        await silo.HappenedOnceAsync("rule_package_version.deprecated", "rule_package_version.retired");
        Assert.Equal(1, await silo.CountAsync("events WHERE payload::jsonb->>'reason' = 'see 2027.2'"));
        Assert.Equal(1, await silo.CountAsync("""
            rule_package_versions WHERE status_reason = 'Annex XIII was amended' AND deprecated_at <= retired_at
            """));
    }

    [Fact]
    public async Task A_draft_is_neither_deprecated_nor_retired()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var draft = silo.Grains.GetGrain<IRulePackageVersionGrain>(await silo.RulesAsync("DRAFT"));

        foreach (var step in new[] { draft.DeprecateAsync(silo.Call(), "no"), draft.RetireAsync(silo.Call(), "no") })
        {
            Assert.Equal(BpcError.InvalidState, (await Assert.ThrowsAsync<BpcException>(() => step)).Code);
        }

        Assert.Equal(0, await silo.CountAsync("events WHERE event_type LIKE 'rule_package_version.%'"));
    }

    [Fact]
    public async Task Deprecated_rules_compile_with_a_warning_and_retired_ones_no_more()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var (passport, snapshot, rules) =
            (await silo.PassportAsync(), await silo.SnapshotAsync(), await silo.RulesAsync());
        var grain = silo.Grains.GetGrain<IPassportGrain>(passport);
        var package = silo.Grains.GetGrain<IRulePackageVersionGrain>(rules);
        var bySql = new { passport_id = passport, snapshot_id = snapshot, rule_package_version_id = rules };

        var first = await grain.CompileAsync(silo.Call(), snapshot, rules);
        Assert.Null(first.Warning);
        await silo.EndAsync(first.JobId);
        await package.DeprecateAsync(silo.Call(), "see 2027.2");
        var warned = await grain.CompileAsync(silo.Call(), snapshot, rules);
        var compiled = await silo.EndAsync(warned.JobId);
        await package.RetireAsync(silo.Call(), "Annex XIII was amended");
        var refused = await Assert.ThrowsAsync<BpcException>(() => grain.CompileAsync(silo.Call(), snapshot, rules));
        var job = await silo.RunAsync("COMPILE_PASSPORT", bySql, maxAttempts: 5);

        Assert.EndsWith("is DEPRECATED: see 2027.2", warned.Warning);
        Assert.Equal("SUCCEEDED", compiled.Status);
        Assert.Equal(BpcError.InvalidState, refused.Code);
        Assert.Contains("is RETIRED: Annex XIII was amended", refused.Message);
        Assert.Equal(("FAILED", "INVALID_STATE"), (job.Status, job.ErrorCode));
        Assert.Equal(1, await silo.CountAsync("jobs WHERE status = 'FAILED' AND attempts = 1"));
    }

    [Fact]
    public async Task A_step_taken_by_plain_SQL_is_dated_too_and_none_is_left_out()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await silo.RulesAsync();

        await silo.Database.ExecuteAsync("UPDATE rule_package_versions SET status = 'DEPRECATED'");
        Assert.Equal(1, await silo.CountAsync("""
            rule_package_versions WHERE deprecated_at IS NOT NULL AND retired_at IS NULL
            """));
        var back = await Assert.ThrowsAsync<Npgsql.PostgresException>(
            () => silo.Database.ExecuteAsync("UPDATE rule_package_versions SET status = 'PUBLISHED'"));
        Assert.Contains("no step leads from DEPRECATED to PUBLISHED", back.MessageText);
    }
}
