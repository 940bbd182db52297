using System.Collections.Concurrent;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>
/// What the jobs of this silo came to since it started: gateways fetch it, who run none and show metrics all the same.
/// </summary>
public sealed class JobTallies
{
    private readonly ConcurrentDictionary<(string Tenant, string Type, string Status), Tally> _tallies = new();

    internal void Add(string tenant, string type, string status, TimeSpan duration) =>
        _tallies.GetOrAdd((tenant, type, status), _ => new()).Add(duration.TotalSeconds);

    internal EndedJobs[] Read() => [.. _tallies.Select(t => t.Value.Read(t.Key))];

    private sealed class Tally
    {
        private readonly Lock _lock = new();
        private readonly long[] _jobs = new long[JobDurations.Buckets];
        private readonly double[] _seconds = new double[JobDurations.Buckets];

        public void Add(double seconds)
        {
            var bucket = JobDurations.BucketOf(seconds);
            lock (_lock)
            {
                _jobs[bucket]++;
                _seconds[bucket] += seconds;
            }
        }

        public EndedJobs Read((string Tenant, string Type, string Status) of)
        {
            lock (_lock)
            {
                return new(of.Tenant, of.Type, of.Status, [.. _jobs], [.. _seconds]);
            }
        }
    }
}
