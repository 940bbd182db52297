using System.Collections.Concurrent;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Claiming;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Waking;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs.Leasing;

/// <summary>
/// Looks for leases that ran out, at once for those of a silo the cluster declares dead, and for types no live silo
/// knows.
/// </summary>
internal sealed class Rescuer(
    RescueStore store, JobHandlers handlers, JobWake wake, EngineMetrics metrics, BpcSettings settings,
    IGrainFactory grains, ISiloStatusOracle silos,
    ILocalSiloDetails local, TimeProvider clock, ILogger<Rescuer> log) : ISiloStatusListener
{
    /// <summary>
    /// How long an expired lease may go unnoticed: a sixth of the lease, and never more than ten seconds.
    /// </summary>
    private readonly TimeSpan _period = Period(settings.Jobs);

    // Silos that died and may still hold jobs: rows that were locked, or a database that was away, wait for a later
    // round.
    private readonly ConcurrentDictionary<string, SiloAddress> _dead = new();

    // When a live silo last said that it knows the type: a silo that only starts anew is not gone.
    private readonly Dictionary<string, long> _known = [];

    public static TimeSpan Period(JobSettings jobs) =>
        TimeSpan.FromTicks(Math.Min((jobs.Lease / 6).Ticks, TimeSpan.FromSeconds(10).Ticks));

    public async Task RunAsync(CancellationToken ct)
    {
        silos.SubscribeToSiloStatusEvents(this);
        // That asks other silos, and one that stands still answers after half a minute: no rescue waits for that.
        await Task.WhenAll(
            EveryAsync(_period, () => RescueAsync(ct), ct),
            EveryAsync(_period * 6, () => FailUnknownTypesAsync(ct), ct));
        silos.UnSubscribeFromSiloStatusEvents(this);
    }

    // The silo may only be cut off and still at work: the fence makes this safe, not the diagnosis.
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead && !updatedSilo.Equals(local.SiloAddress))
        {
            _dead[updatedSilo.ToParsableString()] = updatedSilo;
            log.GuardAsync(() => RescueDeadAsync(CancellationToken.None)).Ignore();
        }
    }

    private async Task EveryAsync(TimeSpan period, Func<Task> round, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(period, clock);
        while (await timer.NextAsync(ct))
        {
            await log.GuardAsync(round);
        }
    }

    private async Task RescueAsync(CancellationToken ct)
    {
        await RescueDeadAsync(ct);
        Report(await store.RescueExpiredAsync(ct), "its lease had expired");
    }

    private async Task RescueDeadAsync(CancellationToken ct)
    {
        foreach (var (name, silo) in _dead)
        {
            Report(await store.RescueSiloAsync(name, ct), $"silo {silo} died");
            if (!await store.HoldsJobsAsync(name, ct))
            {
                _dead.TryRemove(name, out _);
            }
        }
    }

    /// <summary>One look for types no live silo knows; the loop's own, so never two at a time.</summary>
    internal async Task FailUnknownTypesAsync(CancellationToken ct)
    {
        Know(handlers.Types);
        foreach (var silo in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            // A silo that does not answer ends the round (GuardAsync): it may be the one that knows.
            Know(await grains.GetGrain<IDispatcherGrain>(silo.ToParsableString()).KnownTypesAsync());
        }

        // What was known in the round before may have been so until a moment ago: it has a lease's time from then on.
        var known = _known.Where(k => clock.GetElapsedTime(k.Value) < (_period * 6) + settings.Jobs.Lease)
            .Select(k => k.Key);
        Report(await store.FailUnknownTypesAsync([.. known], ct), "no live silo knows its type");
    }

    private void Know(string[] types)
    {
        foreach (var type in types)
        {
            _known[type] = clock.GetTimestamp();
        }
    }

    private void Report(List<RescueStore.Rescued> rescued, string reason)
    {
        foreach (var job in rescued)
        {
            metrics.Rescued(job.Status);
            log.Rescued(job.JobId, job.Type, job.Status, reason);
        }

        if (rescued.Count > 0)
        {
            metrics.Woken(WakeSource.Rescue);
            wake.SignalAll();
        }
    }
}
