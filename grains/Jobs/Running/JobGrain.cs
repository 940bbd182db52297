using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.GrainDirectory;

namespace Bpc.Grains.Jobs.Running;

/// <summary>
/// Runs one claimed job. The activation is the lease: it begins with the claim and ends with the commit. It keeps the
/// work in one place and findable; what keeps it correct is the fence in the database.
/// </summary>
[LocalPlacement, GrainDirectory(JobDirectory.Name)]
internal sealed class JobGrain(
    Leases leases, JobHandlers handlers, GroupCommit commit, BpcSettings settings, JobMetrics metrics,
    ILogger<JobGrain> log) : Grain, IJobGrain
{
    private Task _run = Task.CompletedTask;

    public Task<bool> StartAsync()
    {
        // An activation by id alone, here or on another silo, finds no lease: it neither runs nor commits.
        if (leases.Find(this.GetGrainId()) is not { } lease || !lease.TryTake())
        {
            if (_run.IsCompleted)
            {
                DeactivateOnIdle();
            }

            return Task.FromResult(false);
        }

        DelayDeactivation(lease.MaxRun + settings.Jobs.Lease); // a grain nobody calls counts as idle
        _run = RunAsync(lease);
        return Task.FromResult(true);
    }

    /// <summary>The silo stops, or the activation is moved: whatever still runs goes back to the queue.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken ct)
    {
        leases.Find(this.GetGrainId())?.Stop(LeaseEnd.Released);
        return _run.WaitAsync(ct);
    }

    private async Task RunAsync(Lease lease)
    {
        var job = lease.Job;
        using (lease)
        using (var span = JobTrace.Start(job))
        using (log.BeginJob(job))
        {
            try
            {
                if (await HandleAsync(lease) is { } end)
                {
                    await CommitAsync(lease, end, span);
                }
                else
                {
                    log.LeaseLost(job.JobId, job.Epoch);
                }
            }
#pragma warning disable CA1031 // the last resort: the lease runs out and the job is rescued
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.Abandoned(e, job.JobId);
            }
            finally
            {
                leases.Drop(lease);
                DeactivateOnIdle();
            }
        }
    }

    /// <summary>What is to be written, or null where the job is no longer ours.</summary>
    private async Task<JobEnd?> HandleAsync(Lease lease)
    {
        var job = lease.Job;
        var began = Stopwatch.GetTimestamp();
        try
        {
            // A handler that does not heed its token is left behind: its writes are data, and nobody will commit them.
            var outcome = await handlers.For(job.Type).RunAsync(job, lease.Ended).WaitAsync(lease.Ended);
            return JobEnd.Of(job, outcome, settings);
        }
        catch (OperationCanceledException) when (lease.End != LeaseEnd.None)
        {
            return lease.End switch
            {
                LeaseEnd.TimedOut =>
                    JobEnd.Failed(job, BpcError.JobTimeout, $"it ran longer than {lease.MaxRun}", settings),
                LeaseEnd.Released => JobEnd.Released,
                _ => null,
            };
        }
        catch (BpcException e)
        {
            return JobEnd.Failed(job, e.Code, e.Message, settings);
        }
        catch (NpgsqlException e) when (DatabaseErrors.IsTransient(e))
        {
            return JobEnd.Failed(job, BpcError.DbUnavailable, e.Message, settings);
        }
#pragma warning disable CA1031 // a handler's bug is the job's error, never the silo's
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.HandlerFailed(e, job.JobId);
            return JobEnd.Failed(job, BpcError.Internal, $"{e.GetType().Name}: {e.Message}", settings);
        }
        finally
        {
            metrics.Handled(job, Stopwatch.GetElapsedTime(began));
        }
    }

    private async Task CommitAsync(Lease lease, JobEnd end, Activity? span)
    {
        var job = lease.Job;
        bool held;
        try
        {
            held = await commit.EndAsync(lease, end);
        }
#pragma warning disable CA1031 // what the database has against the writes is the job's error
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.HandlerFailed(e, job.JobId);
            end = JobEnd.Failed(job, BpcError.Internal, e.Message, settings);
            held = await commit.EndAsync(lease, end);
        }

        if (held)
        {
            metrics.Ended(job, end, lease.Age);
            span.Ended(end);
            log.Completed(job.JobId, end.Status, (long)lease.Age.TotalMilliseconds);
            if (end.ErrorCode is { } code)
            {
                log.AttemptFailed(job.JobId, job.Type, job.Attempt, code);
            }
        }
        else
        {
            metrics.Fenced(job);
            log.LeaseLost(job.JobId, job.Epoch);
        }
    }
}
