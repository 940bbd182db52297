using Bpc.Core;
using Bpc.GrainInterfaces.Passports;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Passports;

[Trait("Category", "Integration")]
public sealed class ActivationTests(PostgresServer postgres)
{
    [Fact]
    public async Task Activating_a_version_supersedes_the_one_before()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var (passport, versions) = await VersionsAsync(silo, 2);
        var grain = silo.Grains.GetGrain<IPassportGrain>(passport);

        await grain.ActivateAsync(silo.Call(), versions[0]);
        var second = await grain.ActivateAsync(silo.Call(), versions[1]);
        var again = await grain.ActivateAsync(silo.Call(), versions[1]);

        Assert.Equal(new PassportVersionState(versions[1], "ACTIVE"), second);
        Assert.Equal(second, again);
        Assert.Equal(1, await silo.CountAsync(
            "passport_versions WHERE passport_version_id = $1 AND status = 'SUPERSEDED' AND superseded_by = $2",
            versions[0], versions[1]));
        Assert.Equal(2, await silo.EventsAsync("passport_version.activated"));
        Assert.Equal(1, await silo.EventsAsync("passport_version.superseded"));
        var back = await Assert.ThrowsAsync<BpcException>(() => grain.ActivateAsync(silo.Call(), versions[0]));
        Assert.Equal(BpcError.InvalidState, back.Code);
    }

    [Fact]
    public async Task Of_eight_parallel_activations_one_version_is_ACTIVE_in_the_end()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var (passport, versions) = await VersionsAsync(silo, 8);

        await Task.WhenAll(
            versions.Select(v => silo.Grains.GetGrain<IPassportGrain>(passport).ActivateAsync(silo.Call(), v)));

        Assert.Equal(1, await silo.CountAsync("passport_versions WHERE status = 'ACTIVE'"));
        Assert.Equal(
            7, await silo.CountAsync("passport_versions WHERE status = 'SUPERSEDED' AND superseded_by IS NOT NULL"));
        Assert.Equal(8, await silo.EventsAsync("passport_version.activated"));
        Assert.Equal(7, await silo.EventsAsync("passport_version.superseded"));
    }

    [Fact]
    public async Task A_version_without_its_QR_code_is_not_activated()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { Signing = new() });
        var passport = await silo.PassportAsync();
        var grain = silo.Grains.GetGrain<IPassportGrain>(passport);
        var compile = await grain.CompileAsync(silo.Call(), await silo.SnapshotAsync(), await silo.RulesAsync());
        await silo.EndAsync(compile.JobId);
        var version = await silo.Database.ScalarAsync<Guid>("SELECT passport_version_id FROM passport_versions");

        var error = await Assert.ThrowsAsync<BpcException>(() => grain.ActivateAsync(silo.Call(), version));

        Assert.Equal(BpcError.InvalidState, error.Code);
        Assert.Contains("COMPILING", error.Message);
    }

    [Fact]
    public async Task A_version_is_revoked_for_a_stated_reason_and_for_good()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var (passport, versions) = await VersionsAsync(silo, 1);
        await silo.Grains.GetGrain<IPassportGrain>(passport).ActivateAsync(silo.Call(), versions[0]);
        var version = silo.Grains.GetGrain<IPassportVersionGrain>(versions[0]);

        var noReason = await Assert.ThrowsAsync<BpcException>(() => version.RevokeAsync(silo.Call(), ""));
        var revoked = await version.RevokeAsync(silo.Call(), "recalled by the manufacturer");
        var twice = await Assert.ThrowsAsync<BpcException>(() => version.RevokeAsync(silo.Call(), "again"));
        var active = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IPassportGrain>(passport).ActivateAsync(silo.Call(), versions[0]));

        Assert.Equal(BpcError.Validation, noReason.Code);
        Assert.Equal("REVOKED", revoked.Status);
        Assert.Equal((BpcError.InvalidState, BpcError.InvalidState), (twice.Code, active.Code));
        Assert.Equal(
            1, await silo.CountAsync("passport_versions WHERE revoke_reason = 'recalled by the manufacturer'"));
        Assert.Equal(1, await silo.EventsAsync("passport_version.revoked"));
    }

    [Fact]
    public async Task A_SKU_and_a_serial_number_are_given_once()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var passport = await silo.PassportAsync();
        var product = await silo.Database.ScalarAsync<Guid>("SELECT battery_product_id FROM battery_products");

        var sku = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IBatteryProductGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call(), Samples.Sku, "Another", "LMT"));
        var serial = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IPassportGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call(), product, "SN-0001"));

        Assert.Equal((BpcError.InvalidState, BpcError.InvalidState), (sku.Code, serial.Code));
        Assert.Contains(product.ToString(), sku.Message);
        Assert.Contains(passport.ToString(), serial.Message);
    }

    [Fact]
    public async Task Another_tenants_product_passport_and_version_are_not_found()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var (passport, versions) = await VersionsAsync(silo, 1);
        var product = await silo.Database.ScalarAsync<Guid>("SELECT battery_product_id FROM battery_products");
        var (snapshot, rules) = (await silo.SnapshotAsync(), await silo.RulesAsync());
        var stranger = silo.Call(tenant: await silo.Database.CreateTenantAsync());
        var version = silo.Grains.GetGrain<IPassportVersionGrain>(versions[0]);

        foreach (var call in new Func<Task>[]
        {
            () => silo.Grains.GetGrain<IPassportGrain>(Guid.CreateVersion7()).CreateAsync(stranger, product, "SN-2"),
            () => silo.Grains.GetGrain<IPassportGrain>(passport).CompileAsync(stranger, snapshot, rules),
            () => silo.Grains.GetGrain<IPassportGrain>(passport).ActivateAsync(stranger, versions[0]),
            () => version.RevokeAsync(stranger, "not mine"),
            () => version.ReplayAsync(stranger, CancellationToken.None),
            () => version.SignAsync(stranger.TenantId, CancellationToken.None),
            () => version.MakeQrAsync(stranger.TenantId, CancellationToken.None),
            () => silo.Grains.GetGrain<IPassportVersionGrain>(Guid.CreateVersion7())
                .CompileAsync(stranger.TenantId, passport, snapshot, rules, CancellationToken.None),
        })
        {
            Assert.Equal(BpcError.NotFound, (await Assert.ThrowsAsync<BpcException>(call)).Code);
        }
    }

    private static async Task<(Guid Passport, Guid[] Versions)> VersionsAsync(TestSilo silo, int count)
    {
        var (passport, snapshot, rules) = (
            await silo.PassportAsync(), await silo.SnapshotAsync(), await silo.RulesAsync());
        var versions = new Guid[count];
        for (var i = 0; i < count; i++)
        {
            versions[i] = await silo.VersionAsync(passport, snapshot, rules);
        }

        return (passport, versions);
    }
}
