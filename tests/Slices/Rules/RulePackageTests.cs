using Bpc.Core;
using Bpc.GrainInterfaces.Rules;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Rules;

[Trait("Category", "Integration")]
public sealed class RulePackageTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_source_that_does_not_parse_is_refused_with_line_and_column()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var package = silo.Grains.GetGrain<IRulePackageGrain>(Guid.CreateVersion7());
        await package.CreateAsync(silo.Call(), "EV rules", null);

        var error = await Assert.ThrowsAsync<BpcException>(
            () => package.AddVersionAsync(silo.Call(), "package nonsense", ""));

        Assert.Equal(BpcError.RuleParse, error.Code);
        Assert.Contains("line 1", error.Violations[0].Where);
        Assert.Equal(0, await silo.CountAsync("rule_package_versions"));
    }

    [Fact]
    public async Task A_name_is_given_once_in_a_tenant()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var first = await silo.Grains.GetGrain<IRulePackageGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call(), "EV rules", "for EVs");
        var stranger = await silo.Database.CreateTenantAsync();

        var error = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IRulePackageGrain>(Guid.CreateVersion7())
                .CreateAsync(silo.Call(), "EV rules", null));
        await silo.Grains.GetGrain<IRulePackageGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call(tenant: stranger), "EV rules", null);

        Assert.Equal(BpcError.InvalidState, error.Code);
        Assert.Contains(first.RulePackageId.ToString(), error.Message);
    }

    [Fact]
    public async Task Another_tenants_package_and_version_are_not_found()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var rules = await silo.RulesAsync("VALIDATED");
        var package = await silo.Database.ScalarAsync<Guid>("SELECT rule_package_id FROM rule_packages");
        var stranger = silo.Call(tenant: await silo.Database.CreateTenantAsync());
        var version = silo.Grains.GetGrain<IRulePackageVersionGrain>(rules);

        foreach (var call in new Func<Task>[]
        {
            () => silo.Grains.GetGrain<IRulePackageGrain>(package).AddVersionAsync(stranger, Samples.Rules, ""),
            () => version.RunTestsAsync(stranger, 1),
            () => version.PublishAsync(stranger),
            () => version.DeprecateAsync(stranger, "not mine"),
            () => version.RetireAsync(stranger, "not mine"),
        })
        {
            Assert.Equal(BpcError.NotFound, (await Assert.ThrowsAsync<BpcException>(call)).Code);
        }
    }
}
