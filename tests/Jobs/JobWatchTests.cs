using Bpc.Core.Settings;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>Many at once who queue jobs by plain SQL: silos look by themselves instead of being told by each.</summary>
[Trait("Category", "Integration")]
public sealed class JobWatchTests(PostgresServer postgres)
{
    private const string NowMs = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    private const string IsWatched = $"SELECT last_value > {NowMs} FROM bpc_jobs_watched";

    private static readonly JobSettings s_slowPoll = new() { PollInterval = TimeSpan.FromMinutes(10) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_silo_has_promised_to_look_plain_SQL_notifies_nobody_and_before_and_after_it_does()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var listener = new NpgsqlConnection(database.Settings.ToConnectionString());
        await listener.OpenAsync(Ct);
        var heard = 0;
        listener.Notification += (_, _) => heard++;
        await ExecuteAsync(listener, "LISTEN bpc_jobs");

        await database.QueueAsync(tenant, "WATCHED");
        await ExecuteAsync(listener, "SELECT 1");
        Assert.Equal(1, heard);

        await PromiseAsync(database, TimeSpan.FromMinutes(1));
        await database.QueueAsync(tenant, "WATCHED", 10);
        await ExecuteAsync(listener, "SET search_path = ''; UPDATE public.jobs SET status = 'QUEUED'");
        Assert.Equal(1, heard);

        await PromiseAsync(database, TimeSpan.FromMinutes(-1));
        await database.QueueAsync(tenant, "WATCHED");
        await ExecuteAsync(listener, "SELECT 1");
        Assert.Equal(2, heard);
    }

    [Fact]
    public async Task A_job_that_nobody_was_told_of_starts_however_late_its_transaction_commits()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(
            database, s_slowPoll, [TestHandler.Succeeding("WATCHED")]);
        await using var late = new NpgsqlConnection(database.Settings.ToConnectionString());
        await late.OpenAsync(Ct);
        await using var transaction = await late.BeginTransactionAsync(Ct);
        await CrowdAsync(database, TimeSpan.FromMinutes(1));
        await using var insert = new NpgsqlCommand("INSERT INTO jobs (tenant_id, type) VALUES ($1, 'WATCHED')", late);
        insert.Parameters.Add(new() { Value = tenant });
        await insert.ExecuteNonQueryAsync(Ct);
        Assert.True(await database.ScalarAsync<bool>(IsWatched), "it was inserted too late to be told of by nobody");
        await PromiseAsync(database, TimeSpan.Zero);
        await JobRows.UntilAsync(
            async () => !await database.ScalarAsync<bool>(IsWatched), "nobody promises to look any more");
        await database.QueueAsync(tenant, "WATCHED"); // of this one the silo is told, and what it then finds is all
        await database.UntilAsync("SUCCEEDED", 1);
        await transaction.CommitAsync(Ct);

        await database.UntilAsync("SUCCEEDED", 2);
    }

    [Fact]
    public async Task What_a_lost_connection_had_promised_its_successor_keeps()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(
            database, s_slowPoll, [TestHandler.Succeeding("WATCHED")]);
        await CrowdAsync(database, TimeSpan.FromSeconds(5));

        await database.ExecuteAsync(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'worker-1'
            """);
        const string looking = """
            SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE '%pg_snapshot_xmin%' AND application_name = 'worker-1'
            """;
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(looking) > 0, "a new connection looks");
        await database.QueueAsync(tenant, "WATCHED");

        await database.UntilAsync("SUCCEEDED", 1);
    }

    /// <summary>
    /// Many sessions that notify at once, until a silo has heard enough of them and promised to look. Its promise is
    /// made longer while it stands: one that is over is none the silo would keep.
    /// </summary>
    private static Task CrowdAsync(TestDatabase database, TimeSpan promise) => JobRows.UntilAsync(
        async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, 12).Select(
                _ => database.ExecuteAsync("SELECT pg_notify('bpc_jobs', '')")));
            return await database.ScalarAsync<bool>(
                $"""
                SELECT max(setval('bpc_jobs_watched', {NowMs} + $1)) IS NOT NULL
                  FROM bpc_jobs_watched WHERE last_value > {NowMs}
                """,
                (long)promise.TotalMilliseconds);
        },
        "a silo that hears a crowd promises to look by itself");

    private static Task<int> PromiseAsync(TestDatabase database, TimeSpan time) => database.ExecuteAsync(
        $"SELECT setval('bpc_jobs_watched', {NowMs} + $1)", (long)time.TotalMilliseconds);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
