using Bpc.Core.Canonical;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Storage;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;
using Npgsql;
using Orleans.Configuration;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>What went wrong for somebody once, and must not for us.</summary>
[Trait("Category", "Integration")]
public sealed class TrapTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_whose_answer_is_lost_has_happened_and_happens_no_second_time()
    {
        const string Mark = "the answer to this is lost";
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var way = new AnswerEater(database.Settings.Port, Mark);
        var handler = new TestHandler("UNANSWERED", (job, _) => Task.FromResult<JobOutcome>(new JobOutcome.Succeed(
            JsonValue.Object(),
            new Write("INSERT INTO job_effects VALUES ($1, $2)", [job.JobId, job.Epoch]),
            new Write("SELECT $1::text", [Mark], Rows: null))));
        var log = new LogLines();
        await using (await JobCluster.StartAsync(
            database, new(), [handler], log: log, reachedAs: database.Settings with { Port = way.Port }))
        {
            await database.ExecuteAsync(
                """INSERT INTO jobs (tenant_id, type, payload) VALUES ($1, 'UNANSWERED', '{"effect": true}')""",
                tenant);
            await database.UntilAsync("SUCCEEDED", 1);
            await JobRows.UntilAsync(() => Task.FromResult(way.HasEaten), "the answer is lost");
        }

        Assert.Equal(1, await database.ScalarAsync<int>("SELECT attempts FROM jobs"));
        Assert.False(log.Has("Lost the lease"), "the row says that it had committed");
        Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_handler_that_runs_longer_than_a_grain_call_may_take_is_started_once_and_succeeds()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var runs = 0;
        var finish = new TaskCompletionSource();
        var handler = new TestHandler("LONG", async (_, _) =>
        {
            Interlocked.Increment(ref runs);
            await finish.Task;
            return TestHandler.Done;
        });
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler], more: silo =>
            silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(4)));

        await database.QueueAsync(tenant, "LONG");
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(
                "SELECT count(*) FROM jobs WHERE started_at < now() - interval '9 seconds'") == 1,
            "it runs twice as long as a call may");
        finish.SetResult();
        await database.UntilAsync("SUCCEEDED", 1);

        Assert.Equal(1, runs);
        Assert.Equal(1, await database.ScalarAsync<int>("SELECT attempts FROM jobs"));
    }

    [Fact]
    public async Task A_handler_whose_session_the_server_ends_tries_again_and_does_not_fail()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        NpgsqlDataSource source = null!;
        var handler = new TestHandler("CUT_OFF", async (_, ct) =>
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await database.ExecuteAsync("SELECT pg_terminate_backend($1)", connection.ProcessID);
            await using var command = new NpgsqlCommand("SELECT pg_sleep(10)", connection);
            await command.ExecuteScalarAsync(ct);
            return TestHandler.Done;
        });
        await using var cluster = await JobCluster.StartAsync(
            database, new() { BackoffBase = TimeSpan.FromSeconds(1000) }, [handler]);
        source = cluster.Service<NpgsqlDataSource>();

        await database.QueueAsync(tenant, "CUT_OFF");
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(
                """
                SELECT count(*) FROM jobs WHERE status = 'QUEUED' AND last_error->>'error_code' = 'DB_UNAVAILABLE'
                """) == 1,
            "the job waits for its retry");
    }

    [Theory]
    [InlineData(60, "30s", "30s")]
    [InlineData(10, "5s", "5s")]
    [InlineData(2, "1s", "5s")]
    public async Task A_silos_sessions_wait_for_nothing_longer_than_half_a_lease(
        int lease, string waits, string runs)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var source = DataSource.Create(new()
        {
            Database = database.Settings,
            Jobs = new() { Lease = TimeSpan.FromSeconds(lease) },
        });

        await using var command = source.CreateCommand(
            """
            SELECT concat_ws(' ', current_setting('idle_in_transaction_session_timeout'),
                             current_setting('lock_timeout'), current_setting('statement_timeout'))
            """);

        Assert.Equal($"{waits} {waits} {runs}", await command.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task A_job_past_its_longest_run_is_not_renewed()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), []);
        var store = cluster.Service<LeaseStore>();
        await database.QueueAsync(tenant, "BY_HAND");
        var job = Assert.Single(await cluster.ClaimAsync("BY_HAND"));
        const string expires = "SELECT lease_expires_at FROM jobs";
        var first = await database.ScalarAsync<DateTime>(expires);

        Assert.Contains(job.Claim, await store.RenewAsync([new(default, job, TimeSpan.Zero, 0)], Ct));
        Assert.Equal(first, await database.ScalarAsync<DateTime>(expires));
        Assert.Contains(job.Claim, await store.RenewAsync([new(default, job, TimeSpan.FromMinutes(1), 0)], Ct));
        Assert.True(await database.ScalarAsync<DateTime>(expires) > first);
    }
}
