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
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_killed_silos_jobs_run_again_before_their_leases_end_and_one_declared_dead_says_so_and_ends()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var workers = await FaultWorkers.StartAsync(database, 4, ("BPC_JOBS_CONCURRENCY", "4"));
        await workers.QueueAsync(tenant, 160, """{"ms": 500}""");
        await workers.UntilBusyAsync("worker-1", "worker-2");

        await workers[2].SignalAsync("STOP");
        await workers[1].SignalAsync("KILL");
        await database.UntilAsync("SUCCEEDED", 160, s_soon);
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
}
