using System.Diagnostics;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>SIGTERM while there is more work than hands, for three silos in processes of their own.</summary>
[Trait("Category", "Integration")]
public sealed class ShutdownTests(PostgresServer postgres)
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    // On a busy machine; leaving the cluster is a matter of a second or two.
    private static readonly TimeSpan s_leaving = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Silos_told_to_stop_finish_what_is_short_give_the_rest_back_unspent_and_are_gone_within_the_grace()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var silos = await SiloProcess.StartAsync(
            database, 3, $"BPC_JOBS_SHUTDOWN_GRACE_SECONDS={s_grace.TotalSeconds}", "BPC_JOBS_CONCURRENCY=12");
        try
        {
            await database.QueueWorkAsync(tenant, 9, """{"ms": 1000000}""");
            await database.QueueWorkAsync(tenant, 3000, """{"ms": 20}""");
            await JobRows.UntilAsync(async () => await database.CountAsync("SUCCEEDED") > 50, "they are at work");

            var told = Stopwatch.GetTimestamp();
            silos[0].Signal("TERM");
            await silos[0].AssertExitAsync(0, s_grace + s_leaving);
            var first = Stopwatch.GetElapsedTime(told);
            silos[1].Signal("TERM");
            silos[2].Signal("TERM");
            await silos[1].AssertExitAsync(0, s_grace + s_leaving);
            await silos[2].AssertExitAsync(0, s_grace + s_leaving);

            TestContext.Current.SendDiagnosticMessage($"the first was gone after {first.TotalSeconds:n1} s");
            Assert.Equal(0L, await database.CountAsync("RUNNING"));
            Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM job_steps WHERE rescue"));
            Assert.Equal(0L, await database.ScalarAsync<long>(
                "SELECT count(*) FROM jobs WHERE attempts <> CASE status WHEN 'SUCCEEDED' THEN 1 ELSE 0 END"));
            Assert.True(await database.ScalarAsync<long>(
                "SELECT count(*) FROM jobs WHERE status = 'QUEUED' AND lease_epoch > 0") >= 9);
            await database.ExecuteAsync("UPDATE jobs SET status = 'CANCELLED' WHERE status = 'QUEUED'");
            Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(10)));
        }
        finally
        {
            await Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
        }
    }
}
