using Bpc.Core.Canonical;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Storage;
using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs;

/// <summary>Who may write the end of a job: the claim that holds its epoch, and nobody else.</summary>
[Trait("Category", "Integration")]
public sealed class FenceTests(PostgresServer postgres)
{
    private static readonly JobEnd s_succeeded = new("SUCCEEDED", "{}", null, TimeSpan.Zero, false, []);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_claim_whose_job_was_reset_and_claimed_again_can_no_longer_commit()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), []);
        var (store, inserts) = (cluster.Service<JobEndStore>(), cluster.Service<JobInserts>());
        var renewals = cluster.Service<LeaseStore>();
        await database.QueueAsync(tenant, "BY_HAND");

        var first = Assert.Single(await cluster.ClaimAsync("BY_HAND"));
        await database.ExecuteAsync(
            """
            UPDATE jobs
            SET status = 'QUEUED', attempts = 0, lease_owner = NULL, lease_expires_at = NULL, scheduled_at = now()
            """);
        var second = Assert.Single(await cluster.ClaimAsync("BY_HAND"));

        // The worker, the status and even the attempt are the same: only the epoch tells the two apart.
        Assert.Equal(first.Attempt, second.Attempt);
        Assert.Equal([second.Claim], await renewals.RenewAsync([Leased(first), Leased(second)], Ct));
        Assert.Empty(await store.EndAsync([(first, s_succeeded)], Ct));
        Assert.False(await store.EndWithWritesAsync([(first, s_succeeded)], inserts.After([]), Ct));
        Assert.Equal([second.Claim], await store.EndAsync([(first, s_succeeded), (second, s_succeeded)], Ct));
        Assert.Empty(await store.EndAsync([(second, s_succeeded)], Ct));

        static Lease Leased(ClaimedJob job) => new(default, job, TimeSpan.FromMinutes(1), 0);
    }

    [Fact]
    public async Task A_rescue_is_not_taken_for_the_end_of_the_claim_it_ended()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), []);
        var store = cluster.Service<JobEndStore>();
        await database.QueueAsync(tenant, "BY_HAND");
        var job = Assert.Single(await cluster.ClaimAsync("BY_HAND"));
        var failed = new JobEnd("DEAD_LETTER", null, "{}", TimeSpan.Zero, false, []);

        Assert.Single(await store.EndAsync([(job, failed)], Ct));
        Assert.True(await store.HasEndedAsync(job, failed, Ct));
        await database.ExecuteAsync("UPDATE jobs SET rescues = rescues + 1"); // as a rescue leaves the row
        Assert.False(await store.HasEndedAsync(job, failed, Ct));
    }

    [Fact]
    public async Task A_call_to_a_running_jobs_grain_from_anywhere_neither_runs_nor_ends_it()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var started = new TaskCompletionSource<Guid>();
        var finish = new TaskCompletionSource();
        var runs = 0;
        var handler = new TestHandler("GATED", async (job, _) =>
        {
            Interlocked.Increment(ref runs);
            started.TrySetResult(job.JobId);
            await finish.Task;
            return TestHandler.Done;
        });
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler], silos: 2);

        await database.QueueAsync(tenant, "GATED");
        var jobId = await started.Task.WaitAsync(TimeSpan.FromSeconds(90), Ct);
        var answers = new List<bool> { await cluster.Grains.GetGrain<IJobGrain>(jobId, "1").StartAsync() };
        for (var silo = 0; silo < 2; silo++)
        {
            answers.Add(await cluster.Service<IGrainFactory>(silo).GetGrain<IJobGrain>(jobId, "1").StartAsync());
        }

        Assert.DoesNotContain(true, answers);
        Assert.Equal(1L, await database.CountAsync("RUNNING"));
        finish.SetResult();
        await database.UntilAsync("SUCCEEDED", 1);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_cancel_that_overtakes_the_claims_answer_stops_that_claim_and_no_later_one_of_the_job()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), []);
        var (leases, grains) = (cluster.Service<Leases>(), cluster.Service<JobGrains>());
        var job = new NewJob(Guid.CreateVersion7(), Guid.NewGuid(), "BY_HAND", "{}", null, Cause.None).Claimed(5);
        var (first, second) = (grains.Id(job.JobId, 1), grains.Id(job.JobId, 2));

        await JobRows.UntilAsync(
            async () =>
            {
                using var lease = leases.Add(first, job, TimeSpan.FromMinutes(1), reserved: false);
                leases.Drop(lease);
                await database.ExecuteAsync( // again and again, for the silo may not listen yet
                    "SELECT pg_notify('bpc_jobs', $1 || ' 1'), pg_notify('bpc_jobs', 'garbage 1')",
                    job.JobId.ToString());
                return lease.End == LeaseEnd.Lost;
            },
            "the claim is told when it comes");
        using var later = leases.Add(second, job, TimeSpan.FromMinutes(1), reserved: false);

        Assert.Equal(LeaseEnd.None, later.End);
        leases.Drop(later);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_jobs_refused_write_costs_its_neighbours_in_the_group_nothing(bool together)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            "CREATE TABLE effects (n int PRIMARY KEY CHECK (n <> 13)); GRANT ALL ON effects TO bpc_worker");
        var ready = new CountdownEvent(60);
        var all = new TaskCompletionSource();
        var handler = new TestHandler("WRITES", async (job, _) =>
        {
            if (ready.Signal())
            {
                all.SetResult();
            }

            await all.Task; // so that they commit together
            var n = (int)JobPayload.Of(job).Integer("n");
            return new JobOutcome.Succeed(JsonValue.Object(), together
                ? [
                    Write.Many("INSERT INTO effects SELECT unnest($1)", [n]),
                    Write.Many(
                        "UPDATE effects e SET n = e.n FROM unnest($1) AS w (n) WHERE e.n = w.n", [n == 17 ? -1 : n]),
                ]
                : [
                    new("INSERT INTO effects VALUES ($1)", [n]),
                    new("UPDATE effects SET n = n WHERE n = $1", [n == 17 ? -1 : n]),
                ]);
        });
        var jobs = new JobSettings { BackoffBase = TimeSpan.FromSeconds(1000) };
        await using var cluster = await JobCluster.StartAsync(database, jobs, [handler]);

        await database.QueueAsync(tenant, "WRITES", 60);
        await database.UntilAsync("SUCCEEDED", 58);
        await database.UntilAsync("QUEUED", 2);

        Assert.Equal(58L, await database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE n NOT IN (13, 17)"));
        Assert.Equal(58L, await database.ScalarAsync<long>("SELECT count(*) FROM effects"));
        Assert.Equal(2L, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM jobs
             WHERE payload->>'n' IN ('13', '17') AND last_error->>'error_code' = 'INTERNAL_ERROR'
            """));
    }

    [Fact]
    public async Task A_handler_that_ignores_its_time_limit_is_left_behind_and_the_job_retries()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var never = new TaskCompletionSource<JobOutcome>();
        var handler = new TestHandler("HANGS", (_, _) => never.Task, maxRun: TimeSpan.FromMilliseconds(200));
        await using var cluster = await JobCluster.StartAsync(
            database, new() { BackoffBase = TimeSpan.FromSeconds(1000) }, [handler]);

        await database.QueueAsync(tenant, "HANGS");
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(
                "SELECT count(*) FROM jobs WHERE status = 'QUEUED' AND last_error->>'error_code' = 'JOB_TIMEOUT'") == 1,
            "the job waits for its retry after JOB_TIMEOUT");
    }
}
