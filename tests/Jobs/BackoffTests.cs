using Bpc.Core.Settings;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Running;

namespace Bpc.Tests.Jobs;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(9, 512)]
    [InlineData(10, 1024)]
    [InlineData(11, 1024)]
    [InlineData(1_000_000, 1024)]
    public void The_delay_doubles_with_each_attempt_up_to_its_limit(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Delay(attempt, new JobSettings(), random: 0.5));

    [Fact]
    public void Jitter_stays_within_a_tenth_either_way()
    {
        Assert.Equal(TimeSpan.FromSeconds(1.8), Backoff.Delay(1, new JobSettings(), random: 0));
        Assert.Equal(TimeSpan.FromSeconds(2.2), Backoff.Delay(1, new JobSettings(), random: 1));
    }
}
