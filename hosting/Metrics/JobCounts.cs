using System.Diagnostics.Metrics;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Hosting.Metrics;

/// <summary>Counts all jobs: a silo in the table, a gateway by asking a silo.</summary>
public delegate Task<JobCount[]> CountJobs(CancellationToken ct);

/// <summary>
/// The jobs of the whole cluster, counted in the table by a silo when somebody scrapes, and no more often than every few seconds:
/// jobs enqueued by plain SQL count too, and every process tells the same.
/// </summary>
public sealed class JobCounts : IDisposable
{
    public const string MeterName = "Bpc.JobCounts";

    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(5);

    private readonly CountJobs _count;
    private readonly TimeProvider _clock;
    private readonly Meter _meter = new(MeterName);
    private readonly SemaphoreSlim _counting = new(1, 1);
    private DateTimeOffset _countedAt = DateTimeOffset.MinValue;
    private IReadOnlyList<JobCount> _counts = [];

    /// <param name="countsCompleted">Of a process that runs no jobs; one that does counts those it has completed
    /// itself.</param>
    public JobCounts(CountJobs count, TimeProvider clock, bool countsCompleted)
    {
        (_count, _clock) = (count, clock);
        _meter.CreateObservableCounter(
            "bpc_jobs_enqueued", () => ByType(_ => true), null, "Jobs in the table, whoever put them there");
        _meter.CreateObservableGauge(
            "bpc_jobs_running", () => ByType(c => c.Status == "RUNNING"), null, "Jobs RUNNING in the cluster");
        _meter.CreateObservableGauge("bpc_jobs_dead_letter", DeadLetter, null, "Jobs DEAD_LETTER in the cluster");
        if (countsCompleted)
        {
            _meter.CreateObservableCounter("bpc_jobs_completed", Completed, null, "Jobs that have ended, by how");
        }
    }

    /// <summary>Counts anew where the last count is no longer fresh.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _counting.WaitAsync(ct);
        try
        {
            if (_clock.GetUtcNow() - _countedAt >= s_fresh)
            {
                _counts = await _count(ct);
                _countedAt = _clock.GetUtcNow();
            }
        }
        finally
        {
            _counting.Release();
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _counting.Dispose();
    }

    private IEnumerable<Measurement<long>> ByType(Func<JobCount, bool> counted) => _counts
        .GroupBy(c => (c.TenantId, c.Type))
        .Select(g => new Measurement<long>(
            g.Where(counted).Sum(c => c.Jobs), Tag("tenant_id", g.Key.TenantId), Tag("job_type", g.Key.Type)));

    private IEnumerable<Measurement<long>> Completed() => _counts
        .Where(c => c.Status is not ("QUEUED" or "RUNNING"))
        .Select(c => new Measurement<long>(
            c.Jobs, Tag("tenant_id", c.TenantId), Tag("job_type", c.Type), Tag("status", c.Status)));

    private IEnumerable<Measurement<long>> DeadLetter() => _counts
        .GroupBy(c => c.TenantId)
        .Select(g => new Measurement<long>(
            g.Where(c => c.Status == "DEAD_LETTER").Sum(c => c.Jobs), Tag("tenant_id", g.Key)));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value.ToString());
}
