using System.Diagnostics.Metrics;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Jobs.Running;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>
/// What this silo counts of its jobs. What only the database knows (enqueued, running, dead letter) is read from there.
/// </summary>
public sealed class JobMetrics(IMeterFactory meters, TenantLabels tenants, JobTallies tallies)
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Bpc.Jobs";

    private readonly Counter<long> _completed = meters.Create(Name).CreateCounter<long>(
        "bpc_jobs_completed", description: "Jobs that have ended, by what became of them");
    private readonly Counter<long> _failures = meters.Create(Name).CreateCounter<long>(
        "bpc_job_failures", description: "Attempts that failed, by the code of their error");
    private readonly Counter<long> _fenced = meters.Create(Name).CreateCounter<long>(
        "bpc_jobs_fenced", description: "Ends refused because the lease was no longer ours");
    private readonly Counter<long> _skipped = meters.Create(Name).CreateCounter<long>(
        "bpc_jobs_skipped", description: "Jobs that had nothing to do: what they name does not exist");
    private readonly Histogram<double> _duration = meters.Create(Name).CreateHistogram<double>(
        "bpc_job_duration", "s", "From claim to commit",
        advice: new() { HistogramBucketBoundaries = JobDurations.Bounds });
    private readonly Histogram<double> _handling = meters.Create(Name).CreateHistogram<double>(
        "bpc_job_handler_duration", "s", "A handler's own time, without the wait for its turn and the commit",
        advice: new() { HistogramBucketBoundaries = JobDurations.Bounds });

    internal void Ended(ClaimedJob job, JobEnd end, TimeSpan duration)
    {
        var type = Type(job);
        if (end.ErrorCode is { } code)
        {
            _failures.Add(1, type, new("error_code", code));
        }

        if (end.Status != "QUEUED")
        {
            var tenant = tenants.Of(job.TenantId);
            _completed.Add(1, new("tenant_id", tenant), type, new("status", end.Status));
            _duration.Record(duration.TotalSeconds, new("tenant_id", tenant), type);
            tallies.Add(tenant, job.Type, end.Status, duration);
        }
    }

    internal void Handled(ClaimedJob job, TimeSpan duration) => _handling.Record(duration.TotalSeconds, Type(job));

    internal void Fenced(ClaimedJob job) => _fenced.Add(1, Type(job));

    internal void Skipped(ClaimedJob job) => _skipped.Add(1, Type(job));

    private static KeyValuePair<string, object?> Type(ClaimedJob job) => new("job_type", job.Type);
}
