using Bpc.Core;
using Bpc.Grains.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace Bpc.Tests.Slices.Tenants;

public sealed class RequestBudgetTests
{
    [Fact]
    public async Task Gateways_of_different_settings_that_ask_in_turn_get_what_comes_back_meanwhile()
    {
        var clock = new FakeTimeProvider();
        var budget = new RequestBudgetGrain(clock);
        await budget.LeaseAsync(wanted: 100, perSecond: 10, burst: 100);

        var granted = 0;
        for (var asks = 0; asks < 100; asks++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50)); // half a token
            var old = asks % 2 == 0;
            granted += (await budget.LeaseAsync(wanted: 1, perSecond: 10, old ? 100 : 200)).Granted;
        }

        Assert.InRange(granted, 49, 50);
    }

    [Fact]
    public void A_changed_bucket_keeps_what_is_there_up_to_its_new_burst_and_counts_on_at_the_new_rate()
    {
        var now = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        var bucket = new TokenBucket(perSecond: 10, burst: 30, now);
        Assert.Equal(30, bucket.Take(30, now));

        bucket.Change(perSecond: 1, burst: 30, now.AddSeconds(1.25)); // 12.5 came back at the old rate

        Assert.Equal(12, bucket.Available);
        Assert.Equal(13, bucket.Take(30, now.AddSeconds(1.75)));
        bucket.Change(perSecond: 1, burst: 5, now.AddSeconds(60));
        Assert.Equal(5, bucket.Take(30, now.AddSeconds(60)));
    }
}
