using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs;

/// <summary>
/// Starts the grain of a job whose row this silo has just leased, be it by a claim or as it was inserted.
/// </summary>
internal sealed class JobStarter(
    JobGrains grains, Leases leases, JobHandlers handlers, JobStore store, ILogger<JobStarter> log)
{
    /// <summary>Returns at once: the job runs, or its row goes back to the queue.</summary>
    /// <param name="reserved">Its room was kept (<see cref="Leases.TryReserve"/>).</param>
    public void Start(ClaimedJob job, bool reserved = false)
    {
        var lease = leases.Add(
            grains.Id(job.JobId, job.Epoch), job, handlers.For(job.Type).MaxRun, reserved);
        log.Acquired(job.JobId, job.Type);
        if (leases.Count == 1)
        {
            log.Renewing();
        }

        StartAsync(lease).Ignore();
    }

    private async Task StartAsync(Lease lease)
    {
        try
        {
            if (!leases.Closed && await grains.Of(lease.Grain).StartAsync())
            {
                return;
            }
        }
#pragma warning disable CA1031 // whatever kept the grain from starting: the job must not wait for its lease to run out
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.NotStarted(lease.Job.JobId, e.Message);
        }

        if (lease.TryTake())
        {
            await log.GuardAsync(() => store.EndAsync([(lease.Job, JobEnd.Released)], CancellationToken.None));
            leases.Drop(lease);
            lease.Dispose();
        }
    }
}
