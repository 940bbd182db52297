using System.Collections.Concurrent;
using Bpc.Grains.Jobs.Committing;
using Microsoft.Extensions.Time.Testing;

namespace Bpc.Tests.Jobs;

public sealed class GroupingTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90); // only what fails waits so long

    private readonly ConcurrentQueue<int[]> _begun = new();
    private readonly SemaphoreSlim _begins = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);

    public void Dispose()
    {
        _begins.Dispose();
        _mayEnd.Dispose();
    }

    [Fact]
    public async Task What_comes_alone_goes_at_once_and_what_comes_meanwhile_shares_the_next_group()
    {
        var grouping = new Grouping<int>(RunAsync, clock: new FakeTimeProvider()); // no group takes long
        grouping.TryAdd(1);
        await BegunAsync();
        grouping.TryAdd(2);
        grouping.TryAdd(3);
        _mayEnd.Release(2);
        await BegunAsync();

        Assert.Equal([[1], [2, 3]], _begun);
        await grouping.CloseAsync().WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.False(grouping.TryAdd(4));
    }

    [Fact]
    public async Task A_group_that_takes_long_does_not_hold_up_what_comes_after_it()
    {
        var grouping = new Grouping<int>(RunAsync);
        grouping.TryAdd(1);
        await BegunAsync();
        grouping.TryAdd(2);
        await BegunAsync();

        Assert.Equal([[1], [2]], _begun);
        var closed = grouping.CloseAsync();
        Assert.False(closed.IsCompleted);
        _mayEnd.Release(2);
        await closed.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_found_every_lane_taken_goes_with_the_first_that_is_free()
    {
        var release = new Dictionary<int, TaskCompletionSource>();
        var grouping = new Grouping<int>(async group =>
        {
            _begun.Enqueue([.. group]);
            _begins.Release();
            await release[group[0]].Task;
        });
        foreach (var item in new[] { 1, 2, 3, 4 })
        {
            release[item] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        foreach (var item in new[] { 1, 2, 3 })
        {
            grouping.TryAdd(item); // each beside those before it, which take long
            await BegunAsync();
        }

        grouping.TryAdd(4);
        Assert.False(await _begins.WaitAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken));
        release[2].SetResult();
        await BegunAsync();

        Assert.Equal([[1], [2], [3], [4]], _begun);
        Array.ForEach([1, 3, 4], item => release[item].SetResult());
        await grouping.CloseAsync().WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_does_not_fit_into_a_late_group_waits_for_none_of_those_that_take_long()
    {
        var grouping = new Grouping<int>(RunAsync, most: 1);
        grouping.TryAdd(1);
        await BegunAsync();
        grouping.TryAdd(2);
        grouping.TryAdd(3);
        await BegunAsync();
        await BegunAsync();
        grouping.TryAdd(4);
        grouping.TryAdd(5);
        _mayEnd.Release(); // one lane of three is free again, and whatever goes there leaves it again
        await BegunAsync();
        _mayEnd.Release();
        await BegunAsync();

        Assert.Equal([[1], [2], [3], [4], [5]], _begun);
        _mayEnd.Release(3);
        await grouping.CloseAsync().WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Nothing_is_lost_or_done_twice_whoever_adds_at_once()
    {
        var done = new ConcurrentBag<int>();
        var grouping = new Grouping<int>(async group =>
        {
            await Task.Yield();
            foreach (var item in group)
            {
                done.Add(item);
            }
        });
        Parallel.For(0, 20_000, item => Assert.True(grouping.TryAdd(item)));
        await grouping.CloseAsync().WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 20_000), done.Order());
    }

    private async Task RunAsync(IReadOnlyList<int> group)
    {
        _begun.Enqueue([.. group]);
        _begins.Release();
        await _mayEnd.WaitAsync();
    }

    private async Task BegunAsync() =>
        Assert.True(await _begins.WaitAsync(s_patience, TestContext.Current.CancellationToken), "no group begins");
}
