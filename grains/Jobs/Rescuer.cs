using Bpc.Core.Settings;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bpc.Grains.Jobs;

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
    private readonly TimeSpan _period =
        TimeSpan.FromTicks(Math.Min((settings.Jobs.Lease / 6).Ticks, TimeSpan.FromSeconds(10).Ticks));

    public async Task RunAsync(CancellationToken ct)
    {
        silos.SubscribeToSiloStatusEvents(this);
        using var timer = new PeriodicTimer(_period, clock);
        for (var round = 0; await timer.NextAsync(ct); round++)
        {
            await log.GuardAsync(async () =>
            {
                Report(await store.RescueExpiredAsync(ct), "its lease had expired");
                if (round % 6 == 0)
                {
                    await SweepAsync(ct);
                }
            });
        }

        silos.UnSubscribeFromSiloStatusEvents(this);
    }

    // The silo may only be cut off and still at work: the fence makes this safe, not the diagnosis.
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead && !updatedSilo.Equals(local.SiloAddress))
        {
            log.GuardAsync(() => RescueAsync(updatedSilo)).Ignore();
        }
    }

    private async Task RescueAsync(SiloAddress dead) =>
        Report(await store.RescueSiloAsync(dead.ToParsableString(), CancellationToken.None), $"silo {dead} died");

    private async Task SweepAsync(CancellationToken ct)
    {
        var known = handlers.Types.ToHashSet();
        foreach (var silo in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            // A silo that does not answer ends the round (GuardAsync): it may be the one that knows.
            known.UnionWith(await grains.GetGrain<IDispatcherGrain>(silo.ToParsableString()).KnownTypesAsync());
        }

        Report(await store.FailUnknownTypesAsync([.. known], ct), "no live silo knows its type");
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
            wake.Signal();
        }
    }
}
