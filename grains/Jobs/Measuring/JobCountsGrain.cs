using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>Counts for every process of the cluster; how often is decided here and nowhere else.</summary>
internal sealed class JobCountsGrain(JobCountStore store, ISiloStatusOracle silos, TimeProvider clock)
    : Grain, IJobCountsGrain
{
    private readonly Recent<JobTotal> _enqueued = new(store.EnqueuedAsync, clock);
    private readonly Recent<JobsNow> _now = new(store.NowAsync, clock);

    private IEnumerable<SiloAddress> LiveSilos => silos.GetApproximateSiloStatuses(onlyActive: true).Keys;

    public async Task<JobCounts> CountAsync() =>
        new(await _enqueued.LatestAsync(), await _now.GetAsync(), LiveSilos.Count());

    public Task<SiloJobs[]> EndedAsync() => Task.WhenAll(LiveSilos.Select(EndedAsync));

    private async Task<SiloJobs> EndedAsync(SiloAddress silo)
    {
        var name = silo.ToParsableString();
        try
        {
            return new(name, await GrainFactory.GetGrain<ISiloJobsGrain>(name).EndedAsync());
        }
#pragma warning disable CA1031 // a silo that is just leaving; the others still count
        catch (Exception)
#pragma warning restore CA1031
        {
            return new(name, []);
        }
    }

    /// <summary>
    /// A cached answer, renewed after two seconds at the earliest and after twenty times its own duration, failures
    /// included: however large the table grows, counting takes at most a twentieth of one connection.
    /// </summary>
    internal sealed class Recent<T>(Func<CancellationToken, Task<T[]>> ask, TimeProvider clock)
    {
        private static readonly TimeSpan s_least = TimeSpan.FromSeconds(2);

        // What takes longer is told to whoever asks next.
        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

        private Task<T[]>? _asked;
        private T[] _latest = [];
        private long _askedAt;
        private TimeSpan _rest;

        /// <summary>The answer, or why there is none.</summary>
        public Task<T[]> GetAsync() =>
            _asked is { IsCompleted: false } || (_asked is not null && clock.GetElapsedTime(_askedAt) < _rest)
                ? _asked : _asked = AskAsync();

        /// <summary>The answer, or the one before while it is not to be had; nothing at first.</summary>
        public async Task<T[]> LatestAsync()
        {
            await Task.WhenAny(GetAsync(), Task.Delay(s_patience, clock));
            return _latest;
        }

        private async Task<T[]> AskAsync()
        {
            var began = clock.GetTimestamp();
            try
            {
                return _latest = await ask(CancellationToken.None);
            }
            finally
            {
                _askedAt = clock.GetTimestamp();
                _rest = TimeSpan.FromTicks(Math.Max(s_least.Ticks, clock.GetElapsedTime(began, _askedAt).Ticks * 20));
            }
        }
    }
}
