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

    // 10 s on a machine that has time for it; a lease would be 60.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task A_killed_silos_jobs_run_again_long_before_their_leases_end_and_one_declared_dead_says_so_and_ends()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var silos = await SiloProcess.StartAsync(database, 4, "BPC_JOBS_CONCURRENCY=4");
        var (killed, stopped) = (silos[0], silos[1]);
        try
        {
            await database.QueueWorkAsync(tenant, 400, """{"ms": 150}""");
            await JobRows.UntilAsync(
                async () => await database.RunningAsync(killed) > 0 && await database.RunningAsync(stopped) > 0,
                "both have jobs");
            stopped.Signal("STOP");
            killed.Signal("KILL");

            await database.UntilAllEndedAsync(s_soon);
            await JobRows.UntilAsync(() => database.IsDeclaredDeadAsync(stopped), "the silent one is declared dead");
            stopped.Signal("CONT");

            await stopped.AssertExitAsync(70, TimeSpan.FromSeconds(20));
            Assert.Contains("I should be Dead", stopped.Said, StringComparison.Ordinal);
            Assert.Equal(400L, await database.CountAsync("SUCCEEDED"));
            Assert.True(await database.ScalarAsync<long>("SELECT count(*) FROM job_steps WHERE rescue") >= 2);
            Assert.Empty(await database.ViolationsAsync(s_lease + s_soon));
        }
        finally
        {
            await Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
        }
    }
}
