using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Waking;

namespace Bpc.Grains.Jobs.Claiming;

/// <summary>
/// Decides what this silo claims: its part of the queue, divided fairly between the tenants who wait. The dispatcher's
/// own, and so never called twice at a time.
/// </summary>
internal sealed class Claims(
    ClaimStore store, LimitStore limits, Leases leases, JobHandlers handlers, JobWake wake, EngineMetrics metrics,
    BpcSettings settings, ISiloStatusOracle silos, TimeProvider clock)
{
    private const int MaxClaim = 500;

    // While lanes are known, others are looked for only when five times as long has passed as that took: with a
    // thousand tenants waiting, finding them costs more than claiming.
    private const int Rest = 5;

    private readonly FairShare _shares = new();
    private Lanes _lanes = new([], 0, 0);
    private int _liveSilos;
    private long _foundAt;
    private TimeSpan _rest = TimeSpan.Zero;

    private int CountTo => _liveSilos == 1 ? 0 : _liveSilos * settings.Jobs.Concurrency;

    private int LiveSilosNow => Math.Max(1, silos.GetApproximateSiloStatuses(onlyActive: true).Count);

    /// <summary>Claims one batch and hands its jobs over; true where another batch may find more.</summary>
    public async Task<bool> ClaimAsync(Action<IReadOnlyList<ClaimedJob>> start, CancellationToken ct)
    {
        await FindAsync(ct);
        var rescued = await ClaimAsync(lane => lane.Rescues > 0, leases.FreeRescuedSlots, start, ct);
        var slots = Math.Min(leases.FreeSlots, MaxClaim);
        var mine = Share(slots);
        var claimed = await ClaimAsync(lane => lane.Rescues <= 0, mine, start, ct);
        var more = claimed == mine && _lanes.All.Count > 0;
        leases.MoreExpected = claimed > 0 || rescued > 0 || _lanes.All.Count > 0;
        if (more && claimed > 0)
        {
            wake.SignalOthers(); // there is more than this silo takes now, and they may not know of it
        }

        return more && mine == slots;
    }

    private async Task FindAsync(CancellationToken ct)
    {
        var since = clock.GetElapsedTime(_foundAt);
        if (_lanes.All.Count > 0 && since < _rest && _liveSilos == LiveSilosNow)
        {
            wake.SignalIn(_rest - since); // for a lane that has come since
            return;
        }

        Lanes lanes;
        do
        {
            _liveSilos = LiveSilosNow;
            _foundAt = clock.GetTimestamp();
            lanes = await store.FindAsync(handlers.Types, CountTo, ct);
            _rest = clock.GetElapsedTime(_foundAt) * Rest;
        }
        while (_liveSilos != LiveSilosNow); // one that has joined meanwhile has its part in what was found

        _lanes = lanes with { All = [.. lanes.All.Where(lane => lane.DueIn <= TimeSpan.Zero)] };
        if (lanes.All.Where(lane => lane.DueIn > TimeSpan.Zero).MinBy(lane => lane.DueIn) is { } soonest
            && soonest.DueIn < settings.Jobs.PollInterval)
        {
            wake.SignalIn(soonest.DueIn);
        }
    }

    /// <summary>
    /// Where the queue is short, a silo claims at most an even share of all that is ready or runs anywhere. Where
    /// counting hit its cap there is enough for all. A job no limit holds back that has waited for two polls is in the
    /// share of a silo that cannot take it (it is full, or of another build), so anybody may.
    /// </summary>
    private int Share(int slots)
    {
        if (_lanes.Ready >= CountTo
            || _lanes.All.Any(lane => !lane.Limited && lane.DueIn < -2 * settings.Jobs.PollInterval))
        {
            return slots;
        }

        var part = (_lanes.Ready + _lanes.Running + _liveSilos - 1) / _liveSilos;
        return (int)Math.Clamp(part - leases.Count, 0, slots);
    }

    private async Task<int> ClaimAsync(
        Func<Lane, bool> which, int slots, Action<IReadOnlyList<ClaimedJob>> start, CancellationToken ct)
    {
        var lanes = _lanes.All.Where(which).ToList();
        var left = slots;
        while (left > 0 && lanes.Count > 0)
        {
            var weights = lanes.DistinctBy(lane => lane.TenantId).ToDictionary(l => l.TenantId, l => l.Weight);
            var quotas = _shares.Divide(weights, left);
            var asked = quotas.SelectMany(q => lanes.Where(lane => lane.TenantId == q.Key)
                .Select(lane => new LaneQuota(lane, q.Value, q.Value))).ToList();
            var claim = asked.Exists(q => q.Lane.Limited)
                ? await limits.ClaimAsync(asked, ct)
                : await store.ClaimAsync(asked, ct);
            metrics.Claimed(claim.Jobs.Count);
            if (claim.MoreIn is { } wait)
            {
                wake.SignalIn(wait);
            }

            start(claim.Jobs);
            var starts = claim.Jobs.CountBy(job => job.TenantId).ToDictionary();
            foreach (var (tenant, count) in starts)
            {
                _shares.Charge(tenant, weights[tenant], count);
            }

            // A tenant that got less than its quota has nothing left, so what remains is divided again. The other lanes
            // go on after the last row claimed; rows skipped because they were locked are found at the next search.
            bool IsDry(Lane lane) => quotas.TryGetValue(lane.TenantId, out var quota)
                && starts.GetValueOrDefault(lane.TenantId) < quota;
            lanes = [.. lanes.Where(lane => !IsDry(lane)).Select(claim.After)];
            _lanes = _lanes with
            {
                All = [.. _lanes.All.Where(lane => !which(lane) || lane.Limited || !IsDry(lane))
                    .Select(lane => which(lane) ? claim.After(lane) : lane)],
            };
            left -= claim.Jobs.Count;
        }

        return slots - left;
    }
}
