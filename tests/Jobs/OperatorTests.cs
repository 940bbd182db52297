using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Operating;
using Bpc.Grains.Jobs.Running;
using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs;

/// <summary>
/// What operators do to jobs, by grain call, and what becomes of rows only a person could have typed.
/// </summary>
[Trait("Category", "Integration")]
public sealed class OperatorTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancelling_a_running_job_stops_its_handler_and_nothing_is_committed()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var started = new TaskCompletionSource<Guid>();
        var stopped = new TaskCompletionSource();
        var handler = new TestHandler("LONG", async (job, ct) =>
        {
            started.SetResult(job.JobId);
            await using var registration = ct.Register(stopped.SetResult);
            await stopped.Task;
            return TestHandler.Done;
        });
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler], silos: 2);
        await database.QueueAsync(tenant, "LONG");
        var jobId = await started.Task.WaitAsync(TimeSpan.FromSeconds(90), Ct);

        var answer = await Jobs(cluster, tenant).CancelAsync(Caller(tenant), jobId);
        await TellUntilAsync(database, () => stopped.Task.IsCompleted);

        Assert.Equal("CANCELLED", answer.Status);
        await JobRows.UntilAsync(() => Task.FromResult(
            cluster.Service<Leases>(0).Count + cluster.Service<Leases>(1).Count == 0), "no silo holds the lease");
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE status = 'CANCELLED' AND result IS NULL"));
        var again = await Assert.ThrowsAsync<BpcException>(
            () => Jobs(cluster, tenant).CancelAsync(Caller(tenant), jobId));
        Assert.Equal(BpcError.InvalidState, again.Code);
    }

    [Fact]
    public async Task Cancelling_by_plain_SQL_stops_the_handler_on_whatever_silo_it_runs_long_before_the_next_renewal()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var stopped = new CountdownEvent(6);
        var handler = new TestHandler("LONG", async (_, ct) =>
        {
            var told = new TaskCompletionSource();
            await using var registration = ct.Register(told.SetResult);
            await told.Task;
            stopped.Signal();
            return TestHandler.Done;
        });
        var settings = new JobSettings { Lease = TimeSpan.FromMinutes(20), LeaseRenew = TimeSpan.FromMinutes(10) };
        await using var cluster = await JobCluster.StartAsync(database, settings, [handler], silos: 3);
        await database.QueueAsync(tenant, "LONG", 6);
        await database.UntilAsync("RUNNING", 6);

        await database.ExecuteAsync("UPDATE jobs SET status = 'CANCELLED' WHERE status = 'RUNNING'");

        await TellUntilAsync(database, () => stopped.IsSet);
        Assert.Equal(6L, await database.CountAsync("CANCELLED"));
    }

    [Fact]
    public async Task A_snoozed_job_waits_and_a_paused_type_does_until_it_is_resumed()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), [TestHandler.Succeeding("WORK")]);
        await Jobs(cluster, tenant).PauseAsync(Caller(tenant), "WORK", "test");
        await database.QueueAsync(tenant, "WORK", 2);
        var snoozed = await database.ScalarAsync<Guid>("SELECT job_id FROM jobs LIMIT 1");

        await Jobs(cluster, tenant).SnoozeAsync(Caller(tenant), snoozed, 3600);
        Assert.Equal(2L, await database.CountAsync("QUEUED"));
        await Jobs(cluster, tenant).ResumeAsync(Caller(tenant), "WORK");

        await database.UntilAsync("SUCCEEDED", 1);
        Assert.Equal(snoozed, await database.ScalarAsync<Guid>(
            "SELECT job_id FROM jobs WHERE status = 'QUEUED' AND scheduled_at > now() + interval '59 minutes'"));
        var ended = await database.ScalarAsync<Guid>("SELECT job_id FROM jobs WHERE status = 'SUCCEEDED'");
        var refused = await Assert.ThrowsAsync<BpcException>(
            () => Jobs(cluster, tenant).SnoozeAsync(Caller(tenant), ended, 10));
        Assert.Equal(BpcError.InvalidState, refused.Code);
    }

    [Fact]
    public async Task A_handler_that_snoozes_its_job_runs_again_after_the_delay_and_has_spent_no_attempt()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var handler = new TestHandler("TOO_EARLY", (job, _) => Task.FromResult<JobOutcome>(
            job.Epoch == 1 ? new JobOutcome.Snooze(TimeSpan.FromMilliseconds(700)) : TestHandler.Done));
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler]);

        await database.QueueAsync(tenant, "TOO_EARLY");
        await database.UntilAsync("SUCCEEDED", 1);

        Assert.Equal("1 2", await database.ScalarAsync<string>(
            "SELECT concat_ws(' ', attempts, lease_epoch) FROM jobs"));
        Assert.True(await database.ScalarAsync<bool>(
            "SELECT started_at >= scheduled_at AND scheduled_at >= created_at + interval '0.7 s' FROM jobs"));
    }

    [Fact]
    public async Task Retrying_queues_ended_jobs_of_the_filter_and_no_other_tenants()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (tenant, other) = (await database.CreateTenantAsync(), await database.CreateTenantAsync());
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, attempts, last_error)
            SELECT t, type, 'DEAD_LETTER', 5, jsonb_build_object('error_code', code)
              FROM unnest($1) t, unnest(ARRAY['A', 'B']) type, unnest(ARRAY['WEBHOOK_FAILED', 'INTERNAL_ERROR']) code
            """,
            new[] { tenant, other });
        await using var cluster = await JobCluster.StartAsync(
            database, new(), [TestHandler.Succeeding("A"), TestHandler.Succeeding("B")]);

        Assert.Equal(1, (await Jobs(cluster, tenant).RetryManyAsync(
            Caller(tenant), new(Type: "A", ErrorCode: "WEBHOOK_FAILED"))).Jobs);
        await database.UntilAsync("SUCCEEDED", 1);
        Assert.Equal(3, (await Jobs(cluster, tenant).RetryManyAsync(Caller(tenant), new())).Jobs);
        await database.UntilAsync("SUCCEEDED", 4);

        var others = await database.ScalarAsync<Guid>("SELECT job_id FROM jobs WHERE tenant_id = $1 LIMIT 1", other);
        var refused = await Assert.ThrowsAsync<BpcException>(
            () => Jobs(cluster, tenant).RetryAsync(Caller(tenant), others));
        Assert.Equal(BpcError.NotFound, refused.Code);
        Assert.Equal("QUEUED", (await Jobs(cluster, other).RetryAsync(Caller(other), others)).Status);
        await database.UntilAsync("SUCCEEDED", 5);
    }

    [Fact]
    public async Task Who_goes_on_retrying_with_the_time_of_the_first_answer_leaves_what_failed_again()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            "INSERT INTO jobs (tenant_id, type, status, completed_at) VALUES ($1, 'BROKEN', 'FAILED', now())", tenant);
        await using var cluster = await JobCluster.StartAsync(
            database, new(),
            [new TestHandler("BROKEN", (_, _) => throw new BpcException(BpcError.Validation, "as ever"))]);

        var first = await Jobs(cluster, tenant).RetryManyAsync(Caller(tenant), new("FAILED"));
        await database.UntilAsync("FAILED", 1);
        var second = await Jobs(cluster, tenant).RetryManyAsync(
            Caller(tenant), new("FAILED", Before: first.Before));

        Assert.Equal((1, new JobsRetried(0, first.Before)), (first.Jobs, second));
        Assert.Equal(1, (await Jobs(cluster, tenant).RetryManyAsync(Caller(tenant), new("FAILED"))).Jobs);
    }

    [Fact]
    public async Task Under_an_idempotency_key_many_are_retried_once_and_the_answer_is_kept()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync("INSERT INTO job_pauses (tenant_id) VALUES ($1)", tenant);
        await database.ExecuteAsync(
            "INSERT INTO jobs (tenant_id, type, status) SELECT $1, 'A', 'DEAD_LETTER' FROM generate_series(1, 5001)",
            tenant);
        await using var cluster = await JobCluster.StartAsync(database, new(), []);
        var call = Caller(tenant) with { IdempotencyKey = "once", RequestHash = "hash" };

        var first = await Jobs(cluster, tenant).RetryManyAsync(call, new());

        Assert.InRange(first.Jobs, 5000, 5001); // a machine may be too slow for a second batch
        Assert.Equal(first, await Jobs(cluster, tenant).RetryManyAsync(call, new()));
        Assert.Equal(first.Jobs, await database.CountAsync("QUEUED"));
    }

    [Theory]
    [InlineData("DEAD_LETTER", "jobs_failed")]
    [InlineData("FAILED", "jobs_failed")]
    [InlineData("SUCCEEDED", "jobs_recent")]
    [InlineData("CANCELLED", "jobs_recent")]
    public async Task Jobs_to_retry_are_found_by_an_index_in_its_order(string status, string index)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, created_at)
            SELECT $1, 'A', status, now() - n * interval '1 minute'
              FROM generate_series(1, 5000) n, unnest(ARRAY['SUCCEEDED', 'CANCELLED', 'FAILED', 'DEAD_LETTER']) status
            """,
            tenant);
        await database.ExecuteAsync("ANALYZE jobs");
        var statement = OperatorStatements.RetryMany(tenant, status)
            .Replace("@TenantId", "$1").Replace("@Before", "$2").Replace("@Type", "$3").Replace("@ErrorCode", "$4");

        var plan = await database.ScalarAsync<string>(
            $"""
            SET plan_cache_mode = force_generic_plan;
            SET enable_sort = off;
            PREPARE batch (uuid, timestamptz, text, text) AS {statement};
            EXPLAIN (FORMAT JSON) EXECUTE batch ('{tenant}', now(), NULL, NULL)
            """);

        Assert.Contains($"\"Index Name\": \"{index}\"", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Sort\"", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_no_silo_knows_and_a_payload_nobody_can_read_end_as_failed_with_their_reason()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var handler = new TestHandler("READS", (job, ct) =>
        {
            _ = JobPayload.Of(job).Id("thing_id");
            return Task.FromResult(TestHandler.Done);
        });
        await database.QueueAsync(tenant, "FROM_THE_FUTURE");
        var deep = $"{{\"thing_id\": {new string('[', 100)}{new string(']', 100)}}}";
        foreach (var payload in new[] { "[]", "{}", "\"x\"", "{\"thing_id\": 7}", "{\"thing_id\": \"seven\"}", deep })
        {
            await database.ExecuteAsync(
                "INSERT INTO jobs (tenant_id, type, payload) VALUES ($1, 'READS', $2::jsonb)", tenant, payload);
        }

        await database.ExecuteAsync("UPDATE jobs SET scheduled_at = now() - interval '10 minutes'");
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler], silos: 2);
        await cluster.Service<Rescuer>().FailUnknownTypesAsync(Ct); // its own round is a minute away
        await database.UntilAsync("FAILED", 7);

        Assert.Equal(1L, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM jobs
             WHERE type = 'FROM_THE_FUTURE' AND last_error->>'error_code' = 'UNSUPPORTED_JOB_TYPE' AND attempts = 0
            """));
        Assert.Equal(6L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE last_error->>'error_code' = 'JOB_PAYLOAD_INVALID' AND attempts = 1"));
    }

    [Fact]
    public async Task A_type_whose_only_silo_is_gone_has_a_lease_s_time_for_another_to_come()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var silos = 0;
        await using var cluster = await JobCluster.StartAsync(database, new(), [], silos: 2, more: silo =>
        {
            if (Interlocked.Increment(ref silos) == 2)
            {
                silo.Services.AddSingleton<IJobHandler>(TestHandler.Succeeding("OF_ONE"));
            }
        });
        var (knows, other) = cluster.Service<JobHandlers>(0).Knows("OF_ONE") ? (0, 1) : (1, 0);
        var rescuer = cluster.Service<Rescuer>(other); // its own round is a minute away
        await database.ExecuteAsync("INSERT INTO job_pauses (type) VALUES ('OF_ONE')");
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, payload, scheduled_at)
            SELECT $1, type, '{}', now() - interval '10 minutes' FROM unnest(ARRAY['OF_ONE', 'OF_NOBODY']) type
            """,
            tenant);
        await rescuer.FailUnknownTypesAsync(Ct);

        await cluster.StopSiloAsync(knows);
        await rescuer.FailUnknownTypesAsync(Ct);

        Assert.Equal("OF_NOBODY FAILED, OF_ONE QUEUED", await database.ScalarAsync<string>(
            "SELECT string_agg(type || ' ' || status, ', ' ORDER BY type) FROM jobs"));
    }

    /// <summary>The word again and again: a silo may have claimed before it began to listen.</summary>
    private static Task TellUntilAsync(TestDatabase database, Func<bool> stopped) => JobRows.UntilAsync(
        async () =>
        {
            await database.ExecuteAsync("SELECT pg_notify('bpc_jobs', job_id || ' ' || lease_epoch) FROM jobs");
            return stopped();
        },
        "all handlers were told");

    private static IJobsGrain Jobs(JobCluster cluster, Guid tenant) => cluster.Grains.GetGrain<IJobsGrain>(tenant);

    private static Call Caller(Guid tenant) => new(tenant, "api_key:test", "correlation");
}
