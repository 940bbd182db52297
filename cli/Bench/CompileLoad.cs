using System.Collections.Concurrent;
using System.Diagnostics;
using Bpc.Cli.Demo;
using Bpc.Core;
using Dapper;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>A round: its rate, and how long its passports spent in each stage.</summary>
internal sealed record PipelineRound(double PassportsPerSecond, IReadOnlyDictionary<string, Quantiles> Stages);

/// <summary>Makes passports and has them all compiled at once.</summary>
internal sealed class CompileLoad(Api api, SampleBattery battery, NpgsqlDataSource database)
{
    private const int Callers = 16;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(25);

    private int _serialNumbers;

    public async Task<IReadOnlyCollection<string>> CreateAsync(int count, CancellationToken ct)
    {
        var ids = new ConcurrentBag<string>();
        await ForEachAsync(Enumerable.Range(0, count), async _ =>
        {
            var serialNumber = $"BENCH-{Interlocked.Increment(ref _serialNumbers):d8}";
            var body = new { BatteryProductId = battery.ProductId, serialNumber };
            ids.Add((string)(await api.PostAsync("v1/passports", body, ct))["passport_id"]!);
        }, ct);
        return ids;
    }

    /// <summary>From the first request until the last QR code is committed.</summary>
    public async Task<PipelineRound> CompileAsync(IReadOnlyCollection<string> passports, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var since = await connection.QuerySingleAsync<DateTime>("SELECT clock_timestamp()");
        var inputs = new { battery.SnapshotId, RulePackageVersionId = battery.RulesId };
        var started = Stopwatch.GetTimestamp();
        await ForEachAsync(passports, id => api.PostAsync($"v1/passports/{id}/compile", inputs, ct), ct);
        await UntilDoneAsync(connection, since, passports.Count, ct);
        var rate = passports.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(rate, await StagesAsync(connection, since));
    }

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> call, CancellationToken ct)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = ct };
        return Parallel.ForEachAsync(items, options, async (item, _) => await call(item));
    }

    private static async Task UntilDoneAsync(
        NpgsqlConnection connection, DateTime since, int passports, CancellationToken ct)
    {
        const string sql = """
            SELECT count(*) FILTER (WHERE type = 'GENERATE_QR' AND status = 'SUCCEEDED') AS Done,
                   min(last_error::text) AS Error
              FROM jobs WHERE created_at >= @since
            """;
        while (true)
        {
            var (done, error) = await connection.QuerySingleAsync<(long Done, string? Error)>(sql, new { since });
            if (error is not null)
            {
                throw new BpcException(BpcError.Internal, $"a job of the benchmark failed: {error}");
            }

            if (done == passports)
            {
                return;
            }

            await Task.Delay(s_poll, ct);
        }
    }

    /// <summary>Each job from claim to commit, and the whole from the request to the QR code's commit.</summary>
    private static async Task<IReadOnlyDictionary<string, Quantiles>> StagesAsync(
        NpgsqlConnection connection, DateTime since)
    {
        const string sql = """
            SELECT lower(type) AS Stage, extract(epoch FROM completed_at - started_at)::float8 * 1000 AS Took
              FROM jobs WHERE created_at >= @since
            UNION ALL
            SELECT 'compile_to_qr', extract(epoch FROM qr.completed_at - compile.created_at)::float8 * 1000
              FROM passport_versions v
              JOIN jobs compile ON compile.job_id = v.compile_job_id
              JOIN jobs qr ON qr.type = 'GENERATE_QR'
                          AND qr.payload->>'passport_version_id' = v.passport_version_id::text
             WHERE compile.created_at >= @since
            """;
        var samples = await connection.QueryAsync<(string Stage, double Took)>(sql, new { since });
        return samples.GroupBy(s => s.Stage).OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => Quantiles.Of(g.Select(s => s.Took)));
    }
}
