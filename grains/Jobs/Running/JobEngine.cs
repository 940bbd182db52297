using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Claiming;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Scheduling;
using Bpc.Grains.Jobs.Waking;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs.Running;

/// <summary>
/// Starts the engine when the silo is active, and stops it before anything else of the silo: no more claims, a grace
/// for the handlers, and back to the queue with what is left, its attempt unspent.
/// </summary>
internal sealed class JobEngine(
    LeaseRenewal renewal, Rescuer rescuer, JobListener listener, Scheduler scheduler, HorizonWatch horizon,
    Leases leases, JobWake wake, JobAnnouncement announcement, EngineMetrics metrics,
    BpcSettings settings, IGrainFactory grains, ILocalSiloDetails silo, ILogger<JobEngine> log)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan s_releaseTime = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(JobEngine), ServiceLifecycleStage.Last, StartAsync, StopAsync);

    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken ct)
    {
        var jobs = settings.Jobs;
        log.Started(settings.WorkerId);
        log.Config((long)jobs.PollInterval.TotalMilliseconds, jobs.Lease.TotalSeconds, jobs.LeaseRenew.TotalSeconds);
        _loops = Task.WhenAll(
            Task.Run(() => renewal.RunAsync(_stopping.Token), ct),
            Task.Run(() => rescuer.RunAsync(_stopping.Token), ct),
            Task.Run(() => listener.RunAsync(_stopping.Token), ct),
            Task.Run(() => scheduler.RunAsync(_stopping.Token), ct),
            Task.Run(() => horizon.RunAsync(_stopping.Token), ct));
        metrics.Show(() => leases.Count, jobs.Concurrency);
        wake.Signal();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken ct)
    {
        log.Stopping(leases.Count, settings.Jobs.ShutdownGrace);
        leases.Close();
        var dispatcher = grains.GetGrain<IDispatcherGrain>(silo.SiloAddress.ToParsableString());
        await log.GuardAsync(dispatcher.PollAsync); // returns when a claim under way has been started or given back
        var empty = leases.UntilEmptyAsync();
        await log.GuardAsync(() => WaitAsync(empty, settings.Jobs.ShutdownGrace, ct));
        foreach (var lease in leases.Held)
        {
            lease.Stop(LeaseEnd.Released);
        }

        await log.GuardAsync(() => WaitAsync(empty, s_releaseTime, ct));
        await log.GuardAsync(() => announcement.AnnounceAsync(ct)); // the other silos need not wait for their polls
        await log.GuardAsync(dispatcher.RetireAsync);
        await _stopping.CancelAsync();
        await _loops;
    }

    private static async Task WaitAsync(Task empty, TimeSpan atMost, CancellationToken ct)
    {
        try
        {
            await empty.WaitAsync(atMost, ct);
        }
        catch (TimeoutException)
        {
            // What is left is released, or rescued when its lease runs out.
        }
    }
}
