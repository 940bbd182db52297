using Bpc.Cli.Demo;
using Bpc.Core.Settings;
using Bpc.Hosting;

namespace Bpc.Cli.Bench;

/// <summary>
/// The measures of bench/peers, in its proportions: a warm-up of up to 2,000 jobs, one-job calls with a tenth of the
/// jobs, latency with up to 200 samples. And what only concerns this engine.
/// </summary>
internal sealed class JobsBench(
    Narrator narrator, BenchReport report, int jobs, int rounds, int silos, int history,
    IReadOnlyCollection<string> measures)
{
    /// <summary>Those of the peers, which run where nothing else is asked for.</summary>
    public static readonly string[] Usual = ["drain", "latency", "enqueue"];

    public static readonly string[] Measures = [.. Usual, "cost", "history", "held_snapshot", "writes", "memory"];

    private static readonly string[] s_onWarmSilos = ["cost", "latency", "history", "held_snapshot"];

    private const int MostWarmUp = 2_000;
    private const int MostSamples = 200;

    private readonly Rounds _rounds = new(narrator, rounds);
    private readonly int _singles = Math.Max(1, jobs / 10);
    private readonly int _samples = Math.Clamp(jobs / 100, 1, MostSamples);

    public async Task RunAsync(BpcHome home, CancellationToken ct)
    {
        await using var database = await ScratchDatabase.CreateAsync(narrator.Detail, ct);
        var settings = BenchSettings.Read(home, database, narrator);
        var table = await JobTable.CreateAsync(database.Source, ct);
        await using (var running = await StartAsync($"Silos are up: {silos}", settings, silos, ct))
        {
            var drain = new Drain(running, table, database.Source);
            var drains = new DrainMeasures(drain, table, database.Source, _rounds, report, jobs);
            await WhereAskedAsync("drain", () => drains.DrainAsync(ct));
            await (measures.Intersect(s_onWarmSilos).Any() ? drains.WarmUpAsync(ct) : Task.CompletedTask);
            await WhereAskedAsync("cost", () => drains.CostAsync(ct));
            await WhereAskedAsync("latency", () => LatencyAsync(running, table, ct));
            await WhereAskedAsync("history", () => drains.HistoryAsync(history, ct));
            await WhereAskedAsync("held_snapshot", () => drains.HeldSnapshotAsync(ct));
            await WhereAskedAsync("memory", () => new MemoryBench(running, table, report).RunAsync(history, ct));
        }

        await WhereAskedAsync("enqueue", () => EnqueueAsync(settings, table, ct));
        await WhereAskedAsync("writes", () => WritesAsync(settings, new(table, database.Source), ct));
        report.ShowTables();
    }

    private Task WhereAskedAsync(string measure, Func<Task> run) =>
        measures.Contains(measure) ? run() : Task.CompletedTask;

    private Task<BenchSilos> StartAsync(string title, BpcSettings settings, int count, CancellationToken ct) =>
        narrator.StepAsync(title, () => BenchSilos.StartAsync(settings, count, ct), _ => []);

    private async Task LatencyAsync(BenchSilos running, JobTable table, CancellationToken ct)
    {
        var (latency, enqueueing) = (new Latency(running, table), new Enqueueing(running, table));
        report.Latency("latency", _samples, await _rounds.LatenciesAsync(
            "latency", () => latency.RunAsync(_samples, _ => enqueueing.OneAsync(), ct)));
        report.Latency("latency_notify", _samples, await _rounds.LatenciesAsync(
            "latency_notify", () => latency.RunAsync(_samples, stop => table.InsertAsync(1, stop), ct)));
    }

    private async Task EnqueueAsync(BpcSettings settings, JobTable table, CancellationToken ct)
    {
        // Without room for a job it claims none: enqueueing is measured by itself.
        var idle = settings with { Jobs = settings.Jobs with { Concurrency = 0 } };
        await using var taking = await StartAsync("A silo is up that only takes jobs in", idle, 1, ct);
        var enqueueing = new Enqueueing(taking, table);
        await enqueueing.SinglesAsync(Math.Min(_singles, MostWarmUp), callers: 4, ct);
        foreach (var (measure, callers) in new[] { ("enqueue_single", 1), ("enqueue_single_x16", 16) })
        {
            report.Jobs(measure, null, _singles, await _rounds.RatesAsync(
                measure, () => enqueueing.SinglesAsync(_singles, callers, ct)));
        }

        report.Jobs("enqueue_bulk", null, jobs, await _rounds.RatesAsync(
            "enqueue_bulk", () => enqueueing.BulkAsync(jobs, ct)));
    }

    private async Task WritesAsync(BpcSettings settings, WritesBench writes, CancellationToken ct)
    {
        var medians = new List<double>();
        foreach (var (mode, commitGroup) in new[] { ("a commit each", 1), ("grouped", settings.Jobs.CommitGroup) })
        {
            var rates = await narrator.StepAsync(
                $"writes, {mode}", () => writes.RunAsync(settings, _singles, rounds, commitGroup, ct),
                rates => [$"{Quantiles.Median(rates):n0} jobs a second"]);
            report.Jobs("writes", mode, _singles, rates);
            medians.Add(Quantiles.Median(rates));
        }

        report.Ratio("writes", medians[1] / medians[0]);
    }
}
