using System.Collections.Concurrent;
using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs;

[Trait("Category", "Integration")]
public sealed class QuickstartConcurrencyTests(PostgresServer postgres)
{
    [Fact(DisplayName = "10 workers process 100 jobs (no duplicates)")]
    public async Task Ten_workers_process_100_jobs_without_duplicates()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var ran = new ConcurrentBag<Guid>();
        var handler = new TestHandler("COUNTED", (job, _) =>
        {
            ran.Add(job.JobId);
            return Task.FromResult(TestHandler.Done);
        });
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler], silos: 10);

        await database.QueueAsync(tenant, "COUNTED", 100);
        await database.UntilAsync("SUCCEEDED", 100);

        Assert.Equal(100, ran.Distinct().Count());
        Assert.Equal(100, ran.Count);
        Assert.Equal(100L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE attempts = 1 AND lease_epoch = 1"));
    }

    [Fact(DisplayName = "Lease expiry allows re-acquisition")]
    public async Task Lease_expiry_allows_reacquisition()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, attempts, lease_epoch, lease_owner, started_at, lease_expires_at)
            SELECT $1, 'LEFT_BEHIND', 'RUNNING', 1, 1, 'worker-gone', now(), lease
              FROM unnest(ARRAY[now() + interval '1 second', NULL]) lease
            """,
            tenant);
        await using var cluster = await JobCluster.StartAsync(
            database, new() { Lease = TimeSpan.FromSeconds(12) }, [TestHandler.Succeeding("LEFT_BEHIND")]);

        await database.UntilAsync("SUCCEEDED", 2);

        Assert.Equal(2L, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM jobs
             WHERE lease_owner = 'worker-1' AND attempts = 2 AND lease_epoch = 2 AND rescues = 1
            """));
    }

    [Fact(DisplayName = "Retry with exponential backoff")]
    public async Task Retry_with_exponential_backoff()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var starts = new ConcurrentQueue<long>();
        var handler = new TestHandler("FAILS_TWICE", (job, _) =>
        {
            starts.Enqueue(Stopwatch.GetTimestamp());
            return job.Attempt < 3
                ? throw new BpcException(BpcError.WebhookFailed, "connection refused")
                : Task.FromResult(TestHandler.Done);
        });
        var jobs = new JobSettings
        {
            PollInterval = TimeSpan.FromMilliseconds(20),
            BackoffBase = TimeSpan.FromMilliseconds(400),
        };
        await using var cluster = await JobCluster.StartAsync(database, jobs, [handler]);

        await database.QueueAsync(tenant, "FAILS_TWICE");
        await database.UntilAsync("SUCCEEDED", 1);

        var times = starts.ToArray();
        Assert.True(Stopwatch.GetElapsedTime(times[0], times[1]) >= jobs.BackoffBase * 0.9);
        Assert.True(Stopwatch.GetElapsedTime(times[1], times[2]) >= jobs.BackoffBase * 2 * 0.9);
        Assert.Equal(3, await database.ScalarAsync<int>("SELECT attempts FROM jobs WHERE last_error IS NULL"));
    }

    [Fact(DisplayName = "5 failed attempts → DEAD_LETTER")]
    public async Task Five_failed_attempts_end_as_dead_letter()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var runs = 0;
        var handler = new TestHandler("ALWAYS_FAILS", (_, _) =>
        {
            Interlocked.Increment(ref runs);
            throw new BpcException(BpcError.WebhookFailed, "connection refused");
        });
        var jobs = new JobSettings
        {
            PollInterval = TimeSpan.FromMilliseconds(20),
            BackoffBase = TimeSpan.FromMilliseconds(10),
        };
        await using var cluster = await JobCluster.StartAsync(database, jobs, [handler]);

        await database.QueueAsync(tenant, "ALWAYS_FAILS");
        await database.UntilAsync("DEAD_LETTER", 1);

        Assert.Equal(5, runs);
        Assert.Equal(
            "WEBHOOK_FAILED, connection refused, retry, 5, worker-1",
            await database.ScalarAsync<string>(
                """
                SELECT concat_ws(', ', last_error->>'error_code', last_error->>'message', last_error->>'disposition',
                                 last_error->>'attempt', last_error->>'worker_id')
                  FROM jobs WHERE (last_error->>'at')::timestamptz <= now() AND completed_at IS NOT NULL
                """));
    }
}
