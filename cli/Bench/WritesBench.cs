using System.Diagnostics;
using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>Jobs that write: so many share a commit, or each has one of its own.</summary>
internal sealed class WritesBench(JobTable table, NpgsqlDataSource database)
{
    /// <summary>Jobs a second of each round, after one that is not counted.</summary>
    public async Task<List<double>> RunAsync(
        BpcSettings settings, int jobs, int rounds, int commitGroup, CancellationToken ct)
    {
        await ExecuteAsync(
            """
            DROP TABLE IF EXISTS bench_receipts;
            CREATE TABLE bench_receipts (job_id uuid PRIMARY KEY, hash text NOT NULL, signature bytea);
            GRANT ALL ON bench_receipts TO bpc_worker
            """, ct);
        using var handler = new SignLikeHandler(database);
        var grouped = settings with { Jobs = settings.Jobs with { CommitGroup = commitGroup } };
        await using var silos = await BenchSilos.StartAsync(grouped, 1, ct, handler);
        var rates = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            rates.Add(await DrainAsync(jobs, ct));
        }

        return rates[1..];
    }

    private async Task<double> DrainAsync(int jobs, CancellationToken ct)
    {
        await table.ClearAsync(ct);
        await table.FillAsync(jobs, ct, SignLikeHandler.JobType);
        await ExecuteAsync(
            "INSERT INTO bench_receipts SELECT job_id, encode(sha256(uuid_send(job_id)), 'hex') FROM jobs", ct);
        var started = Stopwatch.GetTimestamp();
        await table.ResumeAsync(ct);
        await table.UntilEndedAsync(ct, SignLikeHandler.JobType);
        return jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }
}
