using System.Diagnostics;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>Jobs that already lie in the table, from the end of a pause to the commit of the last.</summary>
internal sealed class Drain(BenchSilos silos, JobTable table, NpgsqlDataSource database)
{
    /// <summary>Jobs a second, on an empty table.</summary>
    public async Task<double> RunAsync(int jobs, CancellationToken ct)
    {
        await table.ClearAsync(ct);
        return await AddAsync(jobs, ct);
    }

    /// <summary>Jobs a second, beside whatever else the table holds.</summary>
    public async Task<double> AddAsync(int jobs, CancellationToken ct)
    {
        await using var now = database.CreateCommand("SELECT now()");
        var since = (DateTime)(await now.ExecuteScalarAsync(ct))!;
        await table.FillAsync(jobs, ct);

        var last = silos.Noop.ExpectAsync(jobs, ct);
        var started = Stopwatch.GetTimestamp();
        await table.ResumeAsync(ct);
        await last;
        await silos.UntilIdleAsync(ct);
        var rate = jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await table.CheckSucceededAsync(jobs, since, ct);
        return rate;
    }
}
