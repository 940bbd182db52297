using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs.Claiming;

/// <summary>
/// Starts the grain of a job whose row this silo has just leased, be it by a claim or as it was inserted.
/// </summary>
internal sealed class JobStarter(
    JobGrains grains, Leases leases, JobHandlers handlers, JobEndStore ends, ILogger<JobStarter> log)
{
    /// <summary>
    /// Returns at once, with the leases held: each job runs, or its row goes back to the queue. While they start, the
    /// next claim is under way.
    /// </summary>
    public void Start(IReadOnlyList<ClaimedJob> jobs)
    {
        var held = new Lease[jobs.Count];
        for (var i = 0; i < held.Length; i++)
        {
            held[i] = Hold(jobs[i], reserved: false);
        }

        Task.Run(() => Array.ForEach(held, lease => StartAsync(lease).Ignore())).Ignore();
    }

    /// <summary>The same for a job whose slot was kept (<see cref="Leases.TryReserve"/>).</summary>
    public void StartReserved(ClaimedJob job) => StartAsync(Hold(job, reserved: true)).Ignore();

    private Lease Hold(ClaimedJob job, bool reserved)
    {
        var lease = leases.Add(
            grains.Id(job.JobId, job.Epoch), job, handlers.For(job.Type).MaxRun, reserved);
        log.Acquired(job.JobId, job.Type);
        if (leases.Count == 1)
        {
            log.Renewing();
        }

        return lease;
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
            await log.GuardAsync(() => ends.EndAsync([(lease.Job, JobEnd.Released)], CancellationToken.None));
            leases.Drop(lease);
            lease.Dispose();
        }
    }
}
