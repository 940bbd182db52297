using System.Text.Json;
using System.Text.RegularExpressions;
using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;

namespace Bpc.Tests.Cli;

[Trait("Category", "Integration")]
public sealed partial class BenchTests(PostgresServer postgres) : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("bpc-bench-");
    private string? _scratch;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task Jobs_prints_every_measure_of_the_peers_and_leaves_the_operators_tables_alone()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var lines = await RunAsync(
            database, "bench", "jobs", "--jobs", "200", "--rounds", "1", "--silos", "2", "--json");

        Assert.Equal(
            [
                "drain cold", "drain warm", "latency", "latency_notify", "enqueue_single", "enqueue_single_x16",
                "enqueue_bulk",
            ],
            lines.Select(line => $"{Text(line, "measure")} {Text(line, "mode")}".TrimEnd()));
        Assert.All(lines, line => Assert.Equal("bpc", Text(line, "peer")));
        foreach (var line in lines)
        {
            AssertPositive(line, Text(line, "measure")!.StartsWith("latency", StringComparison.Ordinal)
                ? ["p50_ms", "p95_ms", "p99_ms"] : ["jobs_per_s"]);
        }

        await AssertNothingLeftAsync(database);
    }

    [Fact]
    public async Task Jobs_measures_what_only_concerns_this_engine_where_asked()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var lines = await RunAsync(
            database, "bench", "jobs", "--jobs", "100", "--rounds", "1", "--history", "1000", "--json",
            "--only", "cost", "history", "held_snapshot", "writes", "memory");

        Assert.Equal(
            [
                "cost ", "history empty", "history 1000", "history_ratio ", "held_snapshot free", "held_snapshot held",
                "held_snapshot_ratio ", "memory ", "writes a commit each", "writes grouped", "writes_ratio ",
            ],
            lines.Select(line => $"{Text(line, "measure")} {Text(line, "mode")}"));
        AssertPositive(lines[0], "transactions_per_job", "log_bytes_per_job", "silo_microseconds_per_job");
        await AssertNothingLeftAsync(database);
    }

    [Fact]
    public async Task Pipeline_prints_passports_a_second_and_each_stage()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var lines = await RunAsync(database, "bench", "pipeline", "--passports", "3", "--rounds", "1", "--json");

        Assert.Equal(
            ["pipeline", "compile_passport", "compile_to_qr", "generate_qr", "sign_passport"],
            lines.Select(line => Text(line, "measure")));
        AssertPositive(lines[0], "passports_per_s");
        Assert.All(lines.Skip(1), line => AssertPositive(line, "p50_ms", "p95_ms", "p99_ms"));
        await AssertNothingLeftAsync(database);
    }

    private async Task<List<JsonElement>> RunAsync(TestDatabase database, params string[] arguments)
    {
        var bench = await ChildProcess.RunAsync(
            ChildProcess.Bpc,
            arguments,
            new Dictionary<string, string>(database.Variables) { ["BPC_HOME"] = _home.FullName },
            Ct);
        Assert.True(bench.ExitCode == 0, bench.Error);
        _scratch = ScratchName().Match(bench.Error) is { Success: true } found ? found.Value : null;
        return [.. bench.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    private async Task AssertNothingLeftAsync(TestDatabase database)
    {
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs"));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM tenants"));
        Assert.NotNull(_scratch);
        Assert.Equal(0L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_database WHERE datname = $1", _scratch));
    }

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void AssertPositive(JsonElement line, params string[] names) =>
        Assert.All(names, name => Assert.True(line.GetProperty(name).GetDouble() > 0, $"{name} of {line}"));

    [GeneratedRegex("bpc_bench_[0-9a-f]{32}")]
    private static partial Regex ScratchName();
}
