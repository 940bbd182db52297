using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Settings;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Running;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Faults;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>Jobs that an idle silo leases as it inserts them: no claim, and the same protection as after one.</summary>
[Trait("Category", "Integration")]
public sealed class LeasedInsertTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_idle_silo_leases_a_job_with_its_insert_and_notifies_nobody()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var finish = new TaskCompletionSource();
        await using var cluster = await JobCluster.StartAsync(database, new(), [Waiting("GATED", finish.Task)]);
        await using var listener = new NpgsqlConnection(database.Settings.ToConnectionString());
        await listener.OpenAsync(Ct);
        var notified = 0;
        listener.Notification += (_, _) => notified++;
        await ExecuteAsync(listener, "LISTEN bpc_jobs");

        var answer = await EnqueueAsync(cluster, tenant, "GATED");

        Assert.Equal("QUEUED", answer.Status);
        Assert.Equal("RUNNING worker-1 1 1", await database.ScalarAsync<string>(
            "SELECT concat_ws(' ', status, lease_owner, attempts, lease_epoch) FROM jobs WHERE job_id = $1",
            answer.JobId));
        finish.SetResult();
        await database.UntilAsync("SUCCEEDED", 1);
        await ExecuteAsync(listener, "SELECT 1");
        Assert.Equal(0, notified);
    }

    [Fact]
    public async Task A_job_for_later_waits_for_its_time_and_has_the_priority_it_was_given()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), [Waiting("GATED", Task.CompletedTask)]);
        var jobs = cluster.Grains.GetGrain<IJobsGrain>(tenant);
        var call = new Call(tenant, "test", "test");
        var due = CanonicalNow().AddHours(1);

        var later = await jobs.EnqueueAsync(call, new("GATED", "{}", Priority: 0, ScheduledAt: due));

        Assert.Equal("QUEUED 0 t", await database.ScalarAsync<string>(
            "SELECT concat_ws(' ', status, priority, scheduled_at = $2) FROM jobs WHERE job_id = $1",
            later.JobId, due));
        await database.ExecuteAsync("UPDATE jobs SET scheduled_at = now() + interval '2 s'");
        await database.UntilAsync("SUCCEEDED", 1);
        Assert.True(await database.ScalarAsync<bool>("SELECT started_at >= scheduled_at FROM jobs"));

        foreach (var wrong in (JobRequest[])[
            new("GATED", "{}", Priority: 4), new("GATED", "{}", Priority: -1),
            new("GATED", "{}", ScheduledAt: new(2027, 2, 18, 0, 0, 0, DateTimeKind.Unspecified))])
        {
            var error = await Assert.ThrowsAsync<BpcException>(() => jobs.EnqueueAsync(call, wrong));
            Assert.Equal(BpcError.Validation, error.Code);
        }
    }

    [Fact]
    public async Task A_job_whose_silo_died_between_insert_and_start_is_rescued_when_its_lease_ends()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), [TestHandler.Succeeding("LEFT")]);

        await InsertAsync(cluster, database, New(tenant, "LEFT"));
        await database.ExecuteAsync("UPDATE jobs SET lease_expires_at = now()");
        await database.UntilAsync("SUCCEEDED", 1);

        Assert.Equal("2 2 1", await database.ScalarAsync<string>(
            "SELECT concat_ws(' ', attempts, lease_epoch, rescues) FROM jobs"));
        await JobRows.UntilAsync(
            () => Task.FromResult(cluster.Service<Leases>().FreeSlots == new JobSettings().Concurrency),
            "its slot is free");
    }

    [Fact]
    public async Task A_lease_of_an_insert_can_no_longer_commit_once_the_job_was_reset()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var never = new TaskCompletionSource().Task.WaitAsync(Ct);
        await using var cluster = await JobCluster.StartAsync(database, new(), [Waiting("RESET", never)]);
        var job = New(tenant, "RESET");

        await InsertAsync(cluster, database, job);
        await database.ExecuteAsync(
            "UPDATE jobs SET status = 'QUEUED', attempts = 0, lease_owner = NULL, scheduled_at = now()");
        await JobRows.UntilAsync(async () => await database.ScalarAsync<long>("SELECT lease_epoch FROM jobs") == 2,
            "the job is claimed again");

        Assert.Empty(await cluster.Service<JobEndStore>().EndAsync([(job.Claimed(5), JobEnd.Released)], Ct));
        Assert.Equal(1L, await database.CountAsync("RUNNING"));
    }

    [Fact]
    public async Task A_silo_with_half_its_slots_taken_leaves_new_jobs_to_the_queue()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var finish = new TaskCompletionSource();
        await using var cluster = await JobCluster.StartAsync(
            database, new() { Concurrency = 2 }, [Waiting("GATED", finish.Task)]);
        await EnqueueAsync(cluster, tenant, "GATED");

        Assert.False(cluster.Service<Leases>().TryReserve());

        await EnqueueAsync(cluster, tenant, "GATED");
        await database.UntilAsync("RUNNING", 2);
        finish.SetResult();
        await database.UntilAsync("SUCCEEDED", 2);
    }

    [Theory]
    [InlineData("INSERT INTO job_pauses (type) VALUES ('HELD')")]
    [InlineData("INSERT INTO job_limits (type, max_running) VALUES ('HELD', 0)")]
    public async Task What_is_paused_or_limited_an_idle_silo_does_not_lease_and_keeps_no_slot_for(string held)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(held);
        var first = new TestHandler("FIRST", (job, _) => Task.FromResult<JobOutcome>(new JobOutcome.Succeed(
            JsonValue.Object(), [job.Next(Guid.CreateVersion7(), "HELD", job.JobId)])));
        await using var cluster = await JobCluster.StartAsync(database, new(), [first, TestHandler.Succeeding("HELD")]);

        await EnqueueAsync(cluster, tenant, "HELD");
        await EnqueueAsync(cluster, tenant, "FIRST");
        await database.UntilAsync("SUCCEEDED", 1);

        Assert.Equal("HELD HELD", await database.ScalarAsync<string>(
            "SELECT string_agg(type, ' ') FROM jobs WHERE status = 'QUEUED' AND lease_epoch = 0"));
        await JobRows.UntilAsync(
            () => Task.FromResult(cluster.Service<Leases>().FreeSlots == new JobSettings().Concurrency),
            "all slots are free");
    }

    [Fact]
    public async Task The_next_job_of_a_chain_is_leased_by_the_commit_of_the_one_before()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var finish = new TaskCompletionSource();
        var first = new TestHandler("FIRST", (job, _) => Task.FromResult<JobOutcome>(new JobOutcome.Succeed(
            JsonValue.Object(), [job.Next(Guid.CreateVersion7(), "SECOND", job.JobId)])));
        var settings = new JobSettings // a renewal would change the row once more
        {
            Concurrency = 1,
            Lease = TimeSpan.FromMinutes(10),
            LeaseRenew = TimeSpan.FromMinutes(5),
        };
        await using var cluster = await JobCluster.StartAsync(
            database, settings, [first, Waiting("SECOND", finish.Task)]);

        await database.QueueAsync(tenant, "FIRST");
        await database.UntilAsync("RUNNING", 1);
        await database.UntilAsync("SUCCEEDED", 1);

        // The last change of both rows is one transaction's.
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(DISTINCT xmin::text) FROM jobs"));
        Assert.Equal(0, cluster.Service<Leases>().FreeSlots);
        finish.SetResult();
        await database.UntilAsync("SUCCEEDED", 2);
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_the_same_job_however_many_ask_at_once()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var runs = 0;
        var handler = new TestHandler("ONCE", (_, _) =>
        {
            Interlocked.Increment(ref runs);
            return Task.FromResult(TestHandler.Done);
        });
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => EnqueueAsync(cluster, tenant, "ONCE", "k")));
        await database.UntilAsync("SUCCEEDED", 1);

        Assert.Single(answers.Distinct());
        Assert.Equal(1, runs);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs"));
    }

    [Fact]
    public async Task Where_the_answer_of_a_shared_insert_is_lost_no_caller_hears_that_its_job_was_there_already()
    {
        const string Mark = "the answer to this is lost";
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var way = new AnswerEater(database.Settings.Port, Mark);
        await using var cluster = await JobCluster.StartAsync(
            database, new(), [TestHandler.Succeeding("ASKED")], reachedAs: database.Settings with { Port = way.Port });

        var errors = new List<Exception?>();
        await Parallel.ForAsync(0, 20, Ct, async (_, _) =>
        {
            var error = await Record.ExceptionAsync(() => cluster.Grains.GetGrain<IJobsGrain>(tenant).EnqueueAsync(
                new Call(tenant, "test", "test"), new("ASKED", $$"""{"mark": "{{Mark}}"}""")));
            lock (errors)
            {
                errors.Add(error);
            }
        });

        Assert.True(way.HasEaten);
        Assert.Contains(errors, error => error is not null);
        Assert.All(errors, error => Assert.Equal(
            BpcError.DbUnavailable, error is null ? BpcError.DbUnavailable : Assert.IsType<BpcException>(error).Code));
    }

    private static TestHandler Waiting(string type, Task until) => new(type, async (_, ct) =>
    {
        await until.WaitAsync(ct);
        return TestHandler.Done;
    });

    private static NewJob New(Guid tenant, string type) =>
        new(Guid.CreateVersion7(), tenant, type, "{}", null, Cause.None);

    private static Task<JobQueued> EnqueueAsync(JobCluster cluster, Guid tenant, string type, string? key = null) =>
        cluster.Grains.GetGrain<IJobsGrain>(tenant).EnqueueAsync(
            new Call(tenant, "test", "test", IdempotencyKey: key), new(type, "{}"));

    /// <summary>Whole microseconds, as the database keeps them.</summary>
    private static DateTime CanonicalNow() =>
        new(DateTime.UtcNow.Ticks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);

    /// <summary>Commits the insert under a lease; then its silo does nothing more about it.</summary>
    private static async Task InsertAsync(JobCluster cluster, TestDatabase database, NewJob job)
    {
        using var insert = cluster.Service<JobInserts>().Of(job);
        await using var connection = new NpgsqlConnection(database.Settings.ToConnectionString());
        await connection.OpenAsync(Ct);
        await using var batch = new NpgsqlBatch(connection);
        insert.AddTo(batch);
        await using var reader = await batch.ExecuteReaderAsync(Ct);
        Assert.True(await reader.ReadAsync(Ct) && reader.GetBoolean(1), "it was inserted under a lease");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
