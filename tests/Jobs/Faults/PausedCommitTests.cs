using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>A process that stands still inside the transaction that ends its job, for longer than the lease.</summary>
[Trait("Category", "Integration")]
public sealed class PausedCommitTests(PostgresServer postgres)
{
    private const string Committing = """
        SELECT application_name FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND application_name LIKE 'worker-%'
           AND query LIKE '%pg_sleep%'
        """;

    // Each time the signal comes too late is another job.
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    private const string Last = "FROM jobs ORDER BY created_at DESC LIMIT 1";

    [Fact]
    public async Task The_rows_it_had_locked_come_free_another_silo_does_the_job_and_nothing_is_written_twice()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var workers = await FaultWorkers.StartAsync(
            database, 2, ("BPC_JOBS_LEASE_SECONDS", "8"), ("BPC_JOBS_LEASE_RENEW_SECONDS", "1"));
        WorkerProcess stopped = null!;
        await JobRows.UntilAsync(
            async () =>
            {
                await workers.QueueAsync(tenant, 1, """{"commit_ms": 3000}""");
                return await CommittingAsync(database) is { } worker
                    && await AnotherSucceedsAsync(database, worker, stopped = workers[worker == "worker-1" ? 1 : 2]);
            },
            "a worker stands still inside its transaction, and another does the job", s_longest);
        await stopped.SignalAsync("CONT");
        await JobRows.UntilAsync(
            () => Task.FromResult(stopped.HasExited || stopped.Lines.Any(
                line => line.Contains("Lost the lease", StringComparison.Ordinal))),
            "the stopped one learns that the job is no longer its own, or that it was given up itself");

        Assert.True(await database.ScalarAsync<long>(
            $"SELECT lease_epoch FROM job_effects WHERE job_id = (SELECT job_id {Last})") >= 2);
        Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>Whose transaction is under way; null where it was over before anybody saw it.</summary>
    private static async Task<string?> CommittingAsync(TestDatabase database)
    {
        string? worker = null;
        await JobRows.UntilAsync(
            async () => (worker = await database.ScalarAsync<string>(Committing)) is not null
                || await AllSucceededAsync(database),
            "the transaction is under way");
        return worker;
    }

    /// <summary>False where the signal came too late: the worker had sent its commit, and goes on.</summary>
    private static async Task<bool> AnotherSucceedsAsync(TestDatabase database, string worker, WorkerProcess process)
    {
        await process.SignalAsync("STOP");
        await JobRows.UntilAsync(() => AllSucceededAsync(database), "the job is done");
        if (await database.ScalarAsync<string>($"SELECT lease_owner {Last}") != worker)
        {
            return true;
        }

        await process.SignalAsync("CONT");
        return false;
    }

    private static async Task<bool> AllSucceededAsync(TestDatabase database) =>
        await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE status <> 'SUCCEEDED'") == 0;
}
