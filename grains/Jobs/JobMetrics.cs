using System.Diagnostics.Metrics;

namespace Bpc.Grains.Jobs;

/// <summary>
/// What this silo counts of its jobs. What only the database knows (enqueued, running, dead letter) is read from there.
/// </summary>
public sealed class JobMetrics(IMeterFactory meters)
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Bpc.Jobs";

    // A no-op takes milliseconds, a webhook's patience half a minute.
    private static readonly double[] s_buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Counter<long> _completed = meters.Create(Name).CreateCounter<long>(
        "bpc_jobs_completed", description: "Jobs that left RUNNING, by what became of them");
    private readonly Counter<long> _fenced = meters.Create(Name).CreateCounter<long>(
        "bpc_jobs_fenced", description: "Ends refused because the lease was no longer ours");
    private readonly Counter<long> _skipped = meters.Create(Name).CreateCounter<long>(
        "bpc_jobs_skipped", description: "Jobs that had nothing to do: what they name does not exist");
    private readonly Histogram<double> _duration = meters.Create(Name).CreateHistogram<double>(
        "bpc_job_duration", "s", "From claim to commit", advice: new() { HistogramBucketBoundaries = s_buckets });

    internal void Ended(ClaimedJob job, string status, TimeSpan duration)
    {
        var tenant = new KeyValuePair<string, object?>("tenant_id", job.TenantId.ToString());
        var type = new KeyValuePair<string, object?>("job_type", job.Type);
        _completed.Add(1, tenant, type, new("status", status));
        _duration.Record(duration.TotalSeconds, tenant, type);
    }

    internal void Fenced(ClaimedJob job) => _fenced.Add(1, new KeyValuePair<string, object?>("job_type", job.Type));

    internal void Skipped(ClaimedJob job) => _skipped.Add(1, new KeyValuePair<string, object?>("job_type", job.Type));
}
