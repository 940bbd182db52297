using Bpc.Gateway.Http;

namespace Bpc.Tests.Gateway;

public sealed class LargeBodiesTests
{
    [Fact]
    public async Task A_tenant_that_sends_slowly_takes_its_own_places_and_nobody_elses()
    {
        var ct = TestContext.Current.CancellationToken;
        using var bodies = new LargeBodies();
        using var first = await bodies.EnterAsync("slow", ct);
        using var second = await bodies.EnterAsync("slow", ct);
        var third = bodies.EnterAsync("slow", ct);

        using var other = await bodies.EnterAsync("other", ct);

        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task A_tenant_that_sends_slowly_shuts_out_no_stranger_whatever_their_names()
    {
        var ct = TestContext.Current.CancellationToken;
        using var bodies = new LargeBodies();
        using var first = await bodies.EnterAsync("slow", ct);
        using var second = await bodies.EnterAsync("slow", ct);

        for (var stranger = 0; stranger < 1000; stranger++)
        {
            var entered = bodies.EnterAsync($"stranger-{stranger}", ct);
            Assert.True(entered.IsCompletedSuccessfully, $"stranger-{stranger}");
            (await entered).Dispose();
        }
    }

    [Fact]
    public async Task A_tenant_that_has_nothing_under_way_is_forgotten_also_when_it_gave_up_waiting()
    {
        var ct = TestContext.Current.CancellationToken;
        using var bodies = new LargeBodies();
        var first = await bodies.EnterAsync("slow", ct);
        var second = await bodies.EnterAsync("slow", ct);
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var third = bodies.EnterAsync("slow", leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.Equal(1, bodies.Tenants);

        first.Dispose();
        second.Dispose();

        Assert.Equal(0, bodies.Tenants);
    }
}
