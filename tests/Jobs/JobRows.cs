using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs;

/// <summary>What tests ask of the jobs table, and how they wait for it.</summary>
public static class JobRows
{
    // Only what fails waits so long; a machine that runs a whole suite may stand still for many seconds.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(90);

    /// <summary>Queues jobs by plain SQL, as an operator does.</summary>
    public static Task<int> QueueAsync(this TestDatabase database, Guid tenant, string type, int count = 1) =>
        database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, payload)
            SELECT $1, $2, jsonb_build_object('n', n) FROM generate_series(1, $3) n
            """,
            tenant, type, count);

    public static Task<long> CountAsync(this TestDatabase database, string status) =>
        database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE status = $1", status);

    /// <summary>Waits until as many jobs have the status.</summary>
    public static Task UntilAsync(this TestDatabase database, string status, long count, TimeSpan? atMost = null) =>
        UntilAsync(async () => await database.CountAsync(status) == count, $"{count} jobs are {status}", atMost);

    /// <summary>Waits until a silo looks for jobs and meets a lock on the table.</summary>
    public static Task UntilLookingForJobsAsync(this TestDatabase database) => UntilAsync(
        async () => await database.ScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                              AND query LIKE '%lane%' AND wait_event_type = 'Lock')
            """),
        "the silo looks for jobs");

    /// <summary>
    /// Waits until the server has nothing more to do for the worker: where its process was stopped, nothing changes by
    /// it from here on.
    /// </summary>
    public static Task UntilQuietAsync(this TestDatabase database, string worker) => UntilAsync(
        async () => !await database.ScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                              AND application_name = $1 AND state = 'active')
            """,
            worker),
        $"the server does nothing for {worker}");

    /// <summary>Asks until it is so, or the deadline is over.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what, TimeSpan? atMost = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(atMost ?? s_deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await holds())
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                if (await holds()) // the last look may have taken longer than the deadline
                {
                    return;
                }

                Assert.Fail($"not within {atMost ?? s_deadline}: {what}");
            }
        }
    }
}
