using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>
/// Of four silos one is killed and one stands still until it is given up: real processes, the usual lease.
/// </summary>
[Trait("Category", "Integration")]
public sealed class SiloDeathTests(PostgresServer postgres)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(60);

    // 10 s on a machine that has time for it, which bench/faults measures; the leases would end after 60.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(55);

    [Fact]
    public async Task A_killed_silos_jobs_run_again_before_their_leases_end_and_one_declared_dead_says_so_and_ends()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var workers = await FaultWorkers.StartAsync(database, 4, ("BPC_JOBS_CONCURRENCY", "4"));
        await StopWhileItHoldsJobsAsync(database, tenant, workers, 2);
        await StopWhileItHoldsJobsAsync(database, tenant, workers, 1);
        await workers[1].SignalAsync("KILL");
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE status <> 'SUCCEEDED'") == 0,
            "all jobs are done, those of the two as well", s_soon);
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(
                "SELECT count(*) FROM orleans_members WHERE status = 6 AND silo_name = 'worker-2'") == 1,
            "the silent one is declared dead");
        await workers[2].SignalAsync("CONT");
        await workers[2].UntilLineAsync("This silo cannot go on: I have been told I am dead");

        Assert.Equal(70, await workers[2].ExitAsync());
        Assert.True(await database.ScalarAsync<long>("SELECT count(*) FROM job_steps WHERE rescue") >= 2);
        Assert.Empty(await database.ViolationsAsync(s_lease + s_soon));
    }

    /// <summary>
    /// Outside any transaction: rows that it had locked would come free only when the server gives its session up.
    /// </summary>
    private static Task StopWhileItHoldsJobsAsync(
        TestDatabase database, Guid tenant, FaultWorkers workers, int number)
    {
        var worker = $"worker-{number}";
        return JobRows.UntilAsync(
            async () =>
            {
                await workers.QueueAsync(tenant, 80, """{"ms": 500}""");
                await workers.UntilBusyAsync(worker);
                await workers[number].SignalAsync("STOP");
                await database.UntilQuietAsync(worker);
                if (await database.ScalarAsync<bool>(
                    """
                    SELECT EXISTS (SELECT FROM jobs WHERE status = 'RUNNING' AND lease_owner = $1)
                       AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                                          AND application_name = $1 AND state <> 'idle')
                    """,
                    worker))
                {
                    return true;
                }

                await workers[number].SignalAsync("CONT");
                return false;
            },
            $"{worker} is stopped while it holds jobs");
    }
}
