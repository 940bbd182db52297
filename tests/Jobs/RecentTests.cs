using Bpc.Grains.Jobs.Measuring;
using Microsoft.Extensions.Time.Testing;

namespace Bpc.Tests.Jobs;

/// <summary>How often the counts of the whole table are asked for.</summary>
public sealed class RecentTests
{
    private readonly FakeTimeProvider _clock = new();
    private int _asked;

    [Fact]
    public async Task Neither_an_answer_nor_an_error_is_asked_for_again_before_twenty_times_its_cost_has_passed()
    {
        var fails = true;
        var recent = new JobCountsGrain.Recent<int>(Ask, _clock);

        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(recent.GetAsync);
            Assert.Empty(await recent.LatestAsync());
        }

        Assert.Equal(1, _asked);
        fails = false;
        _clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(2, Assert.Single(await recent.GetAsync()));
        fails = true;
        _clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(2, Assert.Single(await recent.LatestAsync()));
        Assert.Equal(3, _asked);

        Task<int[]> Ask(CancellationToken ct)
        {
            _asked++;
            _clock.Advance(TimeSpan.FromSeconds(1));
            return fails
                ? Task.FromException<int[]>(new InvalidOperationException())
                : Task.FromResult<int[]>([_asked]);
        }
    }

    [Fact]
    public async Task Whoever_asks_while_a_long_count_is_under_way_gets_the_last_answer()
    {
        var answer = new TaskCompletionSource<int[]>();
        var recent = new JobCountsGrain.Recent<int>(_ => answer.Task, _clock);

        var early = recent.LatestAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await early);
        answer.SetResult([7]);

        Assert.Equal(7, Assert.Single(await recent.GetAsync()));
        Assert.Equal(7, Assert.Single(await recent.LatestAsync()));
    }
}
