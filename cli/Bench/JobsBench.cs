using Bpc.Cli.Demo;
using Bpc.Core.Settings;

namespace Bpc.Cli.Bench;

/// <summary>
/// The measures of bench/peers, in its proportions: a warm-up of up to 2,000 jobs, one-job calls with a tenth of the
/// jobs, latency with up to 200 samples.
/// </summary>
internal sealed class JobsBench(
    Narrator narrator, BenchReport report, int jobs, int rounds, int silos, IReadOnlyCollection<string> measures)
{
    public static readonly string[] Measures = ["drain", "latency", "enqueue"];

    private const int MostWarmUp = 2_000;
    private const int MostSamples = 200;

    private readonly int _singles = Math.Max(1, jobs / 10);
    private readonly int _samples = Math.Clamp(jobs / 100, 1, MostSamples);

    public async Task RunAsync(BpcHome home, CancellationToken ct)
    {
        await using var database = await ScratchDatabase.CreateAsync(narrator.Detail, ct);
        var settings = BenchSettings.Read(home, database, narrator);
        var table = await JobTable.CreateAsync(database.Source, ct);
        await using (var running = await StartAsync($"Silos are up: {silos}", settings, silos, ct))
        {
            await WhereAskedAsync("drain", () => DrainAsync(new(running, table, database.Source), ct));
            await WhereAskedAsync("latency", () => LatencyAsync(running, table, ct));
        }

        await WhereAskedAsync("enqueue", () => EnqueueAsync(settings, table, ct));
        report.ShowTables();
    }

    private Task WhereAskedAsync(string measure, Func<Task> run) =>
        measures.Contains(measure) ? run() : Task.CompletedTask;

    private Task<BenchSilos> StartAsync(string title, BpcSettings settings, int count, CancellationToken ct) =>
        narrator.StepAsync(title, () => BenchSilos.StartAsync(settings, count, ct), _ => []);

    private async Task DrainAsync(Drain drain, CancellationToken ct)
    {
        await drain.RunAsync(Math.Min(jobs, MostWarmUp), ct);

        // Once a process: from then on its code is compiled for speed.
        var cold = await RoundsAsync("drain, cold", 1, () => drain.RunAsync(jobs, ct), Rate);
        report.Jobs("drain", "cold", jobs, cold);
        var warm = await RoundsAsync("drain, warm", rounds, () => drain.RunAsync(jobs, ct), Rate);
        report.Jobs("drain", "warm", jobs, warm);
    }

    private async Task LatencyAsync(BenchSilos running, JobTable table, CancellationToken ct)
    {
        var (latency, enqueueing) = (new Latency(running, table), new Enqueueing(running, table));
        var called = await RoundsAsync(
            "latency", rounds, () => latency.RunAsync(_samples, _ => enqueueing.OneAsync(), ct), Milliseconds);
        report.Latency("latency", _samples, called);
        var notified = await RoundsAsync(
            "latency_notify", rounds, () => latency.RunAsync(_samples, stop => table.InsertAsync(1, stop), ct),
            Milliseconds);
        report.Latency("latency_notify", _samples, notified);
    }

    private async Task EnqueueAsync(BpcSettings settings, JobTable table, CancellationToken ct)
    {
        // Without room for a job it claims none: enqueueing is measured by itself.
        var idle = settings with { Jobs = settings.Jobs with { Concurrency = 0 } };
        await using var taking = await StartAsync("A silo is up that only takes jobs in", idle, 1, ct);
        var enqueueing = new Enqueueing(taking, table);
        await enqueueing.SinglesAsync(Math.Min(_singles, MostWarmUp), callers: 4, ct);
        foreach (var (measure, callers) in new[] { ("enqueue_single", 1), ("enqueue_x16", 16) })
        {
            report.Jobs(measure, null, _singles, await RoundsAsync(
                measure, rounds, () => enqueueing.SinglesAsync(_singles, callers, ct), Rate));
        }

        report.Jobs("enqueue_bulk", null, jobs, await RoundsAsync(
            "enqueue_bulk", rounds, () => enqueueing.BulkAsync(jobs, ct), Rate));
    }

    private async Task<List<T>> RoundsAsync<T>(
        string measure, int count, Func<Task<T>> round, Func<T, string> tell)
    {
        var results = new List<T>(count);
        for (var number = 1; number <= count; number++)
        {
            results.Add(await narrator.StepAsync(
                $"{measure}, round {number} of {count}", round, result => [tell(result)]));
        }

        return results;
    }

    private static string Rate(double rate) => $"{rate:n0} jobs a second";

    private static string Milliseconds(Quantiles took) => $"p50 {took.P50Ms} ms, p99 {took.P99Ms} ms";
}
