using Bpc.Grains.Webhooks;

namespace Bpc.Tests.Slices.Webhooks;

public sealed class DeliveryScheduleTests
{
    [Fact]
    public void Twelve_attempts_take_about_three_days()
    {
        var total = TimeSpan.FromTicks(Enumerable.Range(1, DeliverySchedule.Attempts - 1)
            .Sum(attempt => DeliverySchedule.WaitAfter(attempt, 0.5).Ticks));

        Assert.Equal(12, DeliverySchedule.Attempts);
        Assert.InRange(total, TimeSpan.FromDays(2.9), TimeSpan.FromDays(3.1));
    }

    [Fact]
    public void A_wait_is_spread_by_a_tenth_and_the_last_one_is_the_longest()
    {
        Assert.Equal(TimeSpan.FromSeconds(4.5), DeliverySchedule.WaitAfter(1, 0));
        Assert.Equal(TimeSpan.FromSeconds(5.5), DeliverySchedule.WaitAfter(1, 1));
        Assert.Equal(DeliverySchedule.WaitAfter(11, 0.5), DeliverySchedule.WaitAfter(40, 0.5));
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(1, 5)] // sooner than our own schedule it is not tried
    [InlineData(10_000_000, 86_400)]
    [InlineData(-5, 5)]
    public void An_endpoint_may_ask_for_a_longer_wait_up_to_a_day(int askedSeconds, int waitSeconds) => Assert.Equal(
        TimeSpan.FromSeconds(waitSeconds),
        DeliverySchedule.WaitAfter(1, 0.5, TimeSpan.FromSeconds(askedSeconds)));
}
