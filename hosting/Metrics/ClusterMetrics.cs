using System.Diagnostics.Metrics;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Hosting.Metrics;

/// <summary>
/// The jobs of the whole cluster, asked for when somebody scrapes: jobs enqueued by plain SQL count too, and every
/// process tells the same.
/// </summary>
internal sealed class ClusterMetrics : IDisposable
{
    public const string MeterName = "Bpc.Cluster";

    // A scraper waits ten seconds or so; without the cluster it shall still get what this process knows.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly IGrainFactory _grains;
    private readonly TimeProvider _clock;
    private readonly Meter _meter = new(MeterName);
    private readonly ClusterHistory? _history;
    private JobCounts _counts = new([], [], 0);
    private long? _countedAt;

    /// <param name="runsJobs">Of a process that counts the jobs it ends itself; any other tells of all silos'.</param>
    public ClusterMetrics(IGrainFactory grains, TimeProvider clock, bool runsJobs)
    {
        (_grains, _clock) = (grains, clock);
        _history = runsJobs ? null : new(_meter);
        _meter.CreateObservableCounter(
            "bpc_jobs_enqueued", Enqueued, null, "Jobs put into the table, by whoever and however");
        _meter.CreateObservableGauge("bpc_jobs_running", Running, null, "Jobs RUNNING in the cluster");
        _meter.CreateObservableGauge("bpc_jobs_dead_letter", DeadLetter, null, "Jobs DEAD_LETTER in the cluster");
        _meter.CreateObservableGauge(
            "bpc_jobs_queued", () => OfTypes(jobs => jobs.Sum(j => j.Due)), null,
            "Jobs QUEUED in the cluster whose time has come");
        _meter.CreateObservableGauge(
            "bpc_jobs_scheduled", () => OfTypes(jobs => jobs.Sum(j => j.Later)), null,
            "Jobs QUEUED in the cluster for later: retries, and what is scheduled");
        _meter.CreateObservableGauge(
            "bpc_jobs_oldest_queued_age", () => OfTypes(jobs => jobs.Max(j => j.OldestSeconds)), "s",
            "How long the oldest due job of the cluster has waited");
        _meter.CreateObservableGauge("bpc_silos", () => _counts.LiveSilos, null, "Live silos of the cluster");
        _meter.CreateObservableGauge("bpc_jobs_count_age", CountAge, "s", "How old what is told of the cluster is");
    }

    /// <summary>Asks the cluster; where it does not answer, the last it said stands.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        var counts = _grains.GetGrain<IJobCountsGrain>(0);
        try
        {
            _counts = await counts.CountAsync().WaitAsync(s_patience, _clock, ct);
            _countedAt = _clock.GetTimestamp();
            if (_history is not null)
            {
                _history.Add(await counts.EndedAsync().WaitAsync(s_patience, _clock, ct));
            }
        }
#pragma warning disable CA1031 // whatever keeps the cluster from answering: what this process counts is worth most then
        catch (Exception) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // bpc_jobs_count_age_seconds says so.
        }
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Enqueued() =>
        _counts.Enqueued.Select(e =>
            new Measurement<long>(e.Jobs, Tag("tenant_id", e.Tenant), Tag("job_type", e.Type)));

    // 0 too, for whoever ever had a job: a series that comes and goes is hard to alert on.
    private IEnumerable<Measurement<long>> Running()
    {
        var running = _counts.Now.ToDictionary(n => (n.Tenant, n.Type), n => n.Running);
        return _counts.Enqueued.Select(e => new Measurement<long>(
            running.GetValueOrDefault((e.Tenant, e.Type)), Tag("tenant_id", e.Tenant), Tag("job_type", e.Type)));
    }

    private IEnumerable<Measurement<long>> DeadLetter()
    {
        var dead = _counts.Now.ToLookup(n => n.Tenant, n => n.DeadLetter);
        return _counts.Enqueued.Select(e => e.Tenant).Distinct()
            .Select(tenant => new Measurement<long>(dead[tenant].Sum(), Tag("tenant_id", tenant)));
    }

    private IEnumerable<Measurement<T>> OfTypes<T>(Func<IEnumerable<JobsNow>, T> value)
        where T : struct
    {
        var now = _counts.Now.ToLookup(n => n.Type);
        return _counts.Enqueued.Select(e => e.Type).Distinct().Select(type => new Measurement<T>(
            now.Contains(type) ? value(now[type]) : default, Tag("job_type", type)));
    }

    private IEnumerable<Measurement<double>> CountAge() =>
        _countedAt is { } at ? [new(_clock.GetElapsedTime(at).TotalSeconds)] : [];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
