using System.Diagnostics;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Cli.Bench;

/// <summary>Puts jobs into the table: one a transaction as a grain's call does, or in bulk by plain SQL.</summary>
internal sealed class Enqueueing(BenchSilos silos, JobTable table)
{
    /// <summary>One job by a grain call: it returns when the job is committed.</summary>
    public Task OneAsync() => silos.Grains.GetGrain<IJobsGrain>(table.Tenant).EnqueueAsync(
        new Call(table.Tenant, "bench", CorrelationId: "bench"), new(NoopHandler.JobType, """{"n":1}"""));

    /// <summary>Jobs a second, so many calls in flight.</summary>
    public Task<double> SinglesAsync(int jobs, int callers, CancellationToken ct) => RateAsync(
        jobs,
        () => Parallel.ForAsync(
            0, jobs, new ParallelOptions { MaxDegreeOfParallelism = callers, CancellationToken = ct },
            async (_, _) => await OneAsync()),
        ct);

    /// <summary>Jobs a second.</summary>
    public Task<double> BulkAsync(int jobs, CancellationToken ct) =>
        RateAsync(jobs, () => table.InsertAsync(jobs, ct), ct);

    private async Task<double> RateAsync(int jobs, Func<Task> enqueue, CancellationToken ct)
    {
        await table.ClearAsync(ct);
        var started = Stopwatch.GetTimestamp();
        await enqueue();
        return jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
