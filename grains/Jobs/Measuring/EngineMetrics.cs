using System.Diagnostics.Metrics;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>Why a dispatcher looks for jobs.</summary>
public enum WakeSource
{
    /// <summary>Nobody said anything; it is time to look.</summary>
    Poll,

    /// <summary>Plain SQL queued a job.</summary>
    Notify,

    /// <summary>Plain SQL queues so many that this silo looks without being told.</summary>
    Watch,

    /// <summary>A call queued a job.</summary>
    Call,

    /// <summary>A job that ended queued the next one.</summary>
    Job,

    /// <summary>A message from RabbitMQ.</summary>
    Rabbitmq,

    /// <summary>Jobs came back from a worker that lost them.</summary>
    Rescue,
}

/// <summary>How the engine of this silo works: what its operator looks at when jobs start late.</summary>
public sealed class EngineMetrics
{
    private static readonly int[] s_jobs = [0, 1, 2, 5, 10, 25, 50, 100, 250, 500];
    private static readonly double[] s_seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
    private static readonly KeyValuePair<string, object?>[] s_sources =
        [.. Enum.GetNames<WakeSource>().Select(n => KeyValuePair.Create("source", (object?)n.ToLowerInvariant()))];

    private readonly Meter _meter;
    private readonly Counter<long> _wakes;
    private readonly Counter<long> _renewals;
    private readonly Counter<long> _rescued;
    private readonly Histogram<int> _claimSize;
    private readonly Histogram<int> _commitSize;
    private readonly Histogram<double> _commitDuration;
    private Horizon? _horizon;

    public EngineMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(JobMetrics.Name);
        _wakes = _meter.CreateCounter<long>(
            "bpc_job_wakes", description: "Times this silo was told, or decided, to look for jobs, by who said so");
        _renewals = _meter.CreateCounter<long>("bpc_job_lease_renewals", description: "Leases this silo has renewed");
        _rescued = _meter.CreateCounter<long>(
            "bpc_jobs_rescued",
            description: "Jobs this silo took back from a worker that lost them, by what they are now");
        _claimSize = _meter.CreateHistogram<int>(
            "bpc_job_claim_size", null, "Jobs one claim took",
            advice: new() { HistogramBucketBoundaries = s_jobs });
        _commitSize = _meter.CreateHistogram<int>(
            "bpc_job_commit_size", null, "Jobs that shared one commit",
            advice: new() { HistogramBucketBoundaries = s_jobs });
        _commitDuration = _meter.CreateHistogram<double>(
            "bpc_job_commit_duration", "s", "How long a commit of jobs took",
            advice: new() { HistogramBucketBoundaries = s_seconds });
        _meter.CreateObservableGauge(
            "bpc_db_oldest_snapshot_age", () => _horizon?.Age ?? 0, null,
            "Transactions since the oldest snapshot of the database was taken: what died since cannot be vacuumed");
        _meter.CreateObservableGauge(
            "bpc_jobs_dead_rows", () => _horizon?.DeadRows ?? 0, null, "Dead rows in the table of jobs");
    }

    /// <summary>Somebody or something says: look for jobs.</summary>
    public void Woken(WakeSource source) => _wakes.Add(1, s_sources[(int)source]);

    internal void Claimed(int jobs) => _claimSize.Record(jobs);

    internal void Renewed(int leases) => _renewals.Add(leases);

    internal void Rescued(string status) => _rescued.Add(1, new KeyValuePair<string, object?>("status", status));

    internal void Committed(int jobs, TimeSpan took)
    {
        _commitSize.Record(jobs);
        _commitDuration.Record(took.TotalSeconds);
    }

    /// <summary>Shows the server's horizon, as this silo last saw it.</summary>
    internal void Horizon(Horizon horizon) => _horizon = horizon;

    /// <summary>Shows how many leases the silo holds, of how many it may.</summary>
    internal void Show(Func<int> held, int most)
    {
        _meter.CreateObservableGauge("bpc_job_leases", held, null, "Jobs this silo holds a lease of");
        _meter.CreateObservableGauge("bpc_job_concurrency", () => most, null, "Jobs this silo runs at once at most");
    }
}
