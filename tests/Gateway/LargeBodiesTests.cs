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
}
