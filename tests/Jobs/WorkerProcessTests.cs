using System.Text.Json;
using Bpc.Core.Settings;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>Real worker processes, a real cluster over PostgreSQL, real signals.</summary>
[Trait("Category", "Integration")]
public sealed class WorkerProcessTests(PostgresServer postgres)
{
    private const int Jobs = 4000;

    [Fact]
    public async Task Of_three_workers_one_is_killed_while_it_holds_leases_and_every_job_is_done_once()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var first = WorkerProcess.Start(Variables(database, "worker-1"));
        await using var second = WorkerProcess.Start(Variables(database, "worker-2"));
        await using var third = WorkerProcess.Start(Variables(database, "worker-3"));
        foreach (var worker in new[] { first, second, third })
        {
            await worker.UntilLineAsync("Polling for jobs...");
        }

        await KillWhileItHoldsLeasesAsync(database, tenant, second);
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE status <> 'SUCCEEDED'") == 0,
            "all jobs are done, those of the dead worker long before their leases would have run out",
            TimeSpan.FromMinutes(2));

        // Once: every further start was the rescue of a lease that had been lost.
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE attempts <> 1 + rescues"));
        Assert.True(await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE rescues > 0") > 0);

        await first.SignalAsync("TERM");
        await third.SignalAsync("TERM");
        Assert.Equal(0, await first.ExitAsync());
        Assert.Equal(0, await third.ExitAsync());
    }

    [Fact]
    public async Task A_worker_without_a_database_says_so_in_one_line_and_exits_78()
    {
        await using var worker = WorkerProcess.Start([new("BPC_JOBS_CONCURRENCY", "many")]);

        Assert.Equal(78, await worker.ExitAsync());
        Assert.StartsWith("BPC_JOBS_CONCURRENCY: read \"many\"", OnlyLine(worker), StringComparison.Ordinal);

        await using var homeless = WorkerProcess.Start([]);

        Assert.Equal(78, await homeless.ExitAsync());
        Assert.StartsWith("BPC_DB_HOST: not set", OnlyLine(homeless), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BPC_DB_PORT", "1", 1, "Connection refused")]
    [InlineData("BPC_DB_HOST", "no-such-host.invalid", 1, "no-such-host.invalid")]
    [InlineData("BPC_DB_USER", "nobody_of_that_name", 78, "nobody_of_that_name")]
    [InlineData("BPC_DB_NAME", "none_of_that_name", 78, "none_of_that_name")]
    public async Task A_database_a_worker_cannot_have_ends_it_with_one_line(
        string name, string value, int exit, string named)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var worker = WorkerProcess.Start(new Dictionary<string, string>(Variables(database, "worker-1"))
        {
            ["BPC_COMPILER_BUILD_ID"] = "0123abc",
            ["BPC_API_KEY_PEPPER_BASE64"] = Convert.ToBase64String(new byte[32]),
            [name] = value,
        });

        Assert.Equal(exit, await worker.ExitAsync());
        var line = OnlyLine(worker);
        Assert.StartsWith("DB_UNAVAILABLE: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Contains("BPC_DB_*", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_JSON_that_the_quickstarts_filters_understand()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var worker = WorkerProcess.Start([.. Variables(database, "worker-1"), new("BPC_LOG_JSON", "true")]);
        await worker.UntilLineAsync("Polling for jobs...");
        await database.ExecuteAsync("INSERT INTO jobs (tenant_id, type) VALUES ($1, 'COMPILE_PASSPORT')", tenant);

        await worker.UntilLineAsync("\"status\":\"FAILED\"");

        var completed = worker.Lines.Where(l => l.Length > 0).Select(l => JsonElement.Parse(l))
            .Single(l => l.TryGetProperty("status", out var status) && status.GetString() == "FAILED");
        Assert.Equal("COMPILE_PASSPORT", completed.GetProperty("job_type").GetString());
        Assert.Equal("INFO", completed.GetProperty("level").GetString());
    }

    [Fact]
    public async Task A_worker_whose_database_is_gone_still_ends_when_it_is_told_to()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var worker = WorkerProcess.Start(
            [.. Variables(database, "worker-1"), new("BPC_JOBS_SHUTDOWN_GRACE_SECONDS", "1")]);
        await worker.UntilLineAsync("Polling for jobs...");
        var server = database.Settings with { Name = "postgres" };
        await using var admin = NpgsqlDataSource.Create(server.ToConnectionString());
        await using var close = admin.CreateCommand($"""
            ALTER DATABASE "{database.Settings.Name}" ALLOW_CONNECTIONS false;
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Settings.Name}'
            """);
        await close.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await worker.UntilLineAsync("The database does not answer");

        await worker.SignalAsync("TERM");

        Assert.InRange(await worker.ExitAsync(), 0, 1); // cut short, or in time after all
    }

    private static string OnlyLine(WorkerProcess worker) => Assert.Single(worker.Lines, line => line.Length > 0);

    private static async Task KillWhileItHoldsLeasesAsync(TestDatabase database, Guid tenant, WorkerProcess worker)
    {
        const string held = "SELECT count(*) FROM jobs WHERE status = 'RUNNING' AND lease_owner = 'worker-2'";
        await JobRows.UntilAsync(async () =>
        {
            await database.ExecuteAsync(
                """
                INSERT INTO jobs (tenant_id, type, payload)
                SELECT $1, 'PARSE_FACTS', jsonb_build_object('document_version_id', gen_random_uuid())
                  FROM generate_series(1, $2)
                """,
                tenant, Jobs);
            await JobRows.UntilAsync(async () => await database.ScalarAsync<long>(held) > 0, "worker-2 holds leases");

            // Stopped, it can no longer finish what it holds: only then is it certain what the kill meets.
            await worker.SignalAsync("STOP");
            await database.UntilQuietAsync("worker-2");
            if (await database.ScalarAsync<long>(held) > 0)
            {
                await worker.SignalAsync("KILL");
                return true;
            }

            await worker.SignalAsync("CONT");
            return false;
        }, "worker-2 is killed while it holds leases");
    }

    private static Dictionary<string, string> Variables(TestDatabase database, string worker) => new(database.Variables)
    {
        ["BPC_WORKER_ID"] = worker,
        ["BPC_CLUSTER_ID"] = database.Settings.Name,
    };
}
