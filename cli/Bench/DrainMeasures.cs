using System.Data;
using System.Diagnostics;
using System.Runtime;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>Drains under different circumstances, and what one costs.</summary>
internal sealed class DrainMeasures(
    Drain drain, JobTable table, NpgsqlDataSource database, Rounds rounds, BenchReport report, int jobs)
{
    private const int MostWarmUp = 2_000;
    private const int MostWarmUps = 12;
    private const int Settled = 100; // methods: what is new in a drain once its own code is compiled
    private const int HeldDrains = 6; // the last one comes after 100,000 dead rows, with the usual number of jobs

    private bool _warm;

    /// <summary>Cold and warm.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        await drain.RunAsync(Math.Min(jobs, MostWarmUp), ct);

        // Once a process.
        report.Jobs("drain", "cold", jobs, [await rounds.OneAsync("drain, cold", () => drain.RunAsync(jobs, ct))]);
        await WarmUpAsync(ct);
        report.Jobs("drain", "warm", jobs, await rounds.RatesAsync("drain, warm", () => drain.RunAsync(jobs, ct)));
    }

    /// <summary>Drains until the runtime has compiled for speed what a drain runs.</summary>
    public async Task WarmUpAsync(CancellationToken ct)
    {
        for (var n = 1; !_warm && n <= MostWarmUps; n++)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            await rounds.OneAsync($"warming up, {n}", () => drain.RunAsync(jobs, ct));
            _warm = JitInfo.GetCompiledMethodCount() - compiled < Settled;
        }
    }

    /// <summary>What a job costs the server and this process.</summary>
    public async Task CostAsync(CancellationToken ct)
    {
        var (server, process) = (await table.WorkAsync(ct), Process.GetCurrentProcess().TotalProcessorTime);
        await rounds.OneAsync("drain, counted", () => drain.AddAsync(jobs, ct));
        var took = Process.GetCurrentProcess().TotalProcessorTime - process;
        var done = await table.WorkAsync(ct);
        report.Cost(
            jobs, (double)(done.Transactions - server.Transactions) / jobs,
            (double)(done.Syncs - server.Syncs) / jobs, (double)(done.LogBytes - server.LogBytes) / jobs,
            took.TotalMicroseconds / jobs);
    }

    /// <summary>On an empty table, and beside the rows of many jobs that have ended.</summary>
    public async Task HistoryAsync(int finished, CancellationToken ct)
    {
        var empty = await rounds.RatesAsync("drain, empty table", () => drain.RunAsync(jobs, ct));
        report.Jobs("history", "empty", jobs, empty);
        await table.ClearAsync(ct);
        await table.InsertFinishedAsync(finished, ct);
        var full = await rounds.RatesAsync(
            $"drain, after {finished:n0} finished jobs", () => drain.AddAsync(jobs, ct));
        report.Jobs("history", $"{finished}", jobs, full);
        report.Ratio("history", Quantiles.Median(full) / Quantiles.Median(empty));
    }

    /// <summary>
    /// The last of several drains in a row: freely, and while somebody holds a snapshot from before them.
    /// </summary>
    public async Task HeldSnapshotAsync(CancellationToken ct)
    {
        var free = await LastOfManyAsync("drain, sixth in a row", ct);
        report.Jobs("held_snapshot", "free", jobs, [free]);
        await using var holder = await database.OpenConnectionAsync(ct);
        await using var snapshot = await holder.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await using var look = new NpgsqlCommand("SELECT count(*) FROM tenants", holder);
        await look.ExecuteScalarAsync(ct);
        var held = await LastOfManyAsync("drain, sixth under a held snapshot", ct);
        report.Jobs("held_snapshot", "held", jobs, [held]);
        report.Ratio("held_snapshot", held / free);
    }

    private async Task<double> LastOfManyAsync(string measure, CancellationToken ct)
    {
        for (var before = 1; before < HeldDrains; before++)
        {
            await drain.AddAsync(jobs, ct);
        }

        return await rounds.OneAsync(measure, () => drain.AddAsync(jobs, ct));
    }
}
