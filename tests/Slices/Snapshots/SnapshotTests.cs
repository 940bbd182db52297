using Bpc.Core;
using Bpc.GrainInterfaces.Snapshots;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Snapshots;

[Trait("Category", "Integration")]
public sealed class SnapshotTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Facts_are_added_checked_and_sealed_for_ever()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var facts = await silo.FactsAsync();
        var snapshot = silo.Grains.GetGrain<ISnapshotGrain>(Guid.CreateVersion7());

        Assert.Equal("BUILDING", (await snapshot.CreateAsync(silo.Call(), "2025-Q1")).Status);
        Assert.Equal(1, (await snapshot.AddItemsAsync(silo.Call(), facts)).Items);
        Assert.Equal(1, (await snapshot.AddItemsAsync(silo.Call(), facts)).Items);
        await silo.IdleAsync();
        Assert.Equal("READY", await StatusAsync(silo));
        var sealedOnce = await snapshot.SealAsync(silo.Call(), Ct);
        var sealedTwice = await snapshot.SealAsync(silo.Call(), Ct);
        var late = await Assert.ThrowsAsync<BpcException>(() => snapshot.AddItemsAsync(silo.Call(), facts));

        Assert.Equal(("SEALED", 1), (sealedOnce.Status, sealedOnce.Items));
        Assert.Equal(sealedOnce, sealedTwice);
        Assert.Equal(
            sealedOnce.SnapshotHash,
            await silo.Database.ScalarAsync<string>("SELECT encode(sha256(snapshot_bytes), 'hex') FROM snapshots"));
        Assert.Equal(BpcError.SnapshotSealed, late.Code);
        await silo.HappenedOnceAsync(
            "snapshot.created", "snapshot.items_added", "snapshot.built", "snapshot.sealed");
    }

    [Fact]
    public async Task One_type_and_key_twice_fails_the_build_and_the_seal()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var snapshot = silo.Grains.GetGrain<ISnapshotGrain>(Guid.CreateVersion7());
        await snapshot.CreateAsync(silo.Call(), null);
        await snapshot.AddItemsAsync(
            silo.Call(), [.. await silo.FactsAsync(), .. await silo.FactsAsync(Samples.Facts("80"))]);
        await silo.IdleAsync();

        var error = await Assert.ThrowsAsync<BpcException>(() => snapshot.SealAsync(silo.Call(), Ct));

        Assert.Equal(BpcError.Validation, error.Code);
        Assert.Equal("BUILDING", await StatusAsync(silo));
        Assert.Equal(1, await silo.CountAsync(
            "jobs WHERE type = $1 AND status = 'FAILED' AND last_error->>'error_code' = 'VALIDATION_ERROR'",
            "BUILD_SNAPSHOT"));
    }

    [Fact]
    public async Task A_build_that_comes_after_the_seal_or_again_changes_nothing()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var id = await silo.SnapshotAsync(seal: true);
        await silo.IdleAsync();

        var job = await silo.RunAsync("BUILD_SNAPSHOT", new { snapshot_id = id });

        Assert.Equal(("SUCCEEDED", """{"facts": 1}"""), (job.Status, job.Result));
        Assert.Equal("SEALED", await StatusAsync(silo));
        Assert.InRange(await silo.EventsAsync("snapshot.built"), 0, 1);
    }

    [Fact]
    public async Task Building_what_is_not_there_fails()
    {
        await using var silo = await TestSilo.StartAsync(postgres);

        var job = await silo.RunAsync("BUILD_SNAPSHOT", new { snapshot_id = Guid.NewGuid() });

        Assert.Equal(("FAILED", "NOT_FOUND"), (job.Status, job.ErrorCode));
    }

    [Fact]
    public async Task Another_tenants_snapshot_and_facts_are_not_found()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var stranger = await silo.Database.CreateTenantAsync();
        var (mine, theirs) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await silo.Grains.GetGrain<ISnapshotGrain>(mine).CreateAsync(silo.Call(), null);
        await silo.Grains.GetGrain<ISnapshotGrain>(theirs).CreateAsync(silo.Call(tenant: stranger), null);
        var facts = await silo.FactsAsync();

        var snapshot = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<ISnapshotGrain>(mine).SealAsync(silo.Call(tenant: stranger), Ct));
        var fact = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<ISnapshotGrain>(theirs).AddItemsAsync(silo.Call(tenant: stranger), facts));

        Assert.Equal((BpcError.NotFound, BpcError.NotFound), (snapshot.Code, fact.Code));
    }

    private static Task<string?> StatusAsync(TestSilo silo) =>
        silo.Database.ScalarAsync<string>("SELECT status FROM snapshots");
}
