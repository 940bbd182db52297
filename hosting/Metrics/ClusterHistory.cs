using System.Diagnostics.Metrics;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Hosting.Metrics;

/// <summary>
/// The jobs that silos have ended, as counters of a process that runs none: what is new since it last asked is added.
/// So they only grow, also when a silo is gone; they begin with what the silos had ended when this process started.
/// </summary>
internal sealed class ClusterHistory(Meter meter)
{
    private readonly Counter<long> _completed = meter.CreateCounter<long>(
        "bpc_jobs_completed", description: "Jobs that have ended, by what became of them");
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(
        "bpc_job_duration", "s", "From claim to commit",
        advice: new() { HistogramBucketBoundaries = JobDurations.Bounds });
    private readonly Dictionary<(string Silo, string Tenant, string Type, string Status), EndedJobs> _known = [];
    private readonly Lock _lock = new();

    public void Add(SiloJobs[] silos)
    {
        lock (_lock) // two scrapers at a time must not both add the same
        {
            foreach (var (silo, ended) in silos)
            {
                foreach (var jobs in ended)
                {
                    AddNew(jobs, _known.GetValueOrDefault((silo, jobs.Tenant, jobs.Type, jobs.Status)));
                    _known[(silo, jobs.Tenant, jobs.Type, jobs.Status)] = jobs;
                }
            }

            ForgetAllBut([.. silos.Select(s => s.Silo)]);
        }
    }

    private void AddNew(EndedJobs jobs, EndedJobs? known)
    {
        var tenant = KeyValuePair.Create("tenant_id", (object?)jobs.Tenant);
        var type = KeyValuePair.Create("job_type", (object?)jobs.Type);
        for (var bucket = 0; bucket < jobs.Jobs.Length; bucket++)
        {
            var count = jobs.Jobs[bucket] - (known?.Jobs[bucket] ?? 0);
            if (count <= 0)
            {
                continue;
            }

            _completed.Add(count, tenant, type, new("status", jobs.Status));

            // Their average lies in the same bucket, and count times the average is their sum.
            var average = (jobs.Seconds[bucket] - (known?.Seconds[bucket] ?? 0)) / count;
            for (var i = 0; i < count; i++)
            {
                _duration.Record(average, tenant, type);
            }
        }
    }

    // A silo that is gone comes back under another address.
    private void ForgetAllBut(HashSet<string> live)
    {
        foreach (var key in _known.Keys.Where(key => !live.Contains(key.Silo)).ToList())
        {
            _known.Remove(key);
        }
    }
}
