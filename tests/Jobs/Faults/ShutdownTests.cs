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
    private static readonly TimeSpan s_leaving = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task Silos_told_to_stop_finish_what_is_short_give_the_rest_back_unspent_and_are_gone_in_time()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var workers = await FaultWorkers.StartAsync(
            database, 3, ("BPC_JOBS_SHUTDOWN_GRACE_SECONDS", $"{s_grace.TotalSeconds}"),
            ("BPC_JOBS_CONCURRENCY", "12"));
        await workers.QueueAsync(tenant, 9, """{"ms": 1000000}""");
        await workers.QueueAsync(tenant, 3000, """{"ms": 20}""");
        await workers.UntilBusyAsync("worker-1", "worker-2", "worker-3");

        await StopAsync(workers[1]);
        await Task.WhenAll(StopAsync(workers[2]), StopAsync(workers[3]));

        Assert.Equal(0L, await database.CountAsync("RUNNING"));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM job_steps WHERE rescue"));
        Assert.Equal(0L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE attempts <> CASE status WHEN 'SUCCEEDED' THEN 1 ELSE 0 END"));
        Assert.True(await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE status = 'QUEUED' AND lease_epoch > 0") >= 9);
        await database.ExecuteAsync("UPDATE jobs SET status = 'CANCELLED' WHERE status = 'QUEUED'");
        Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(10)));
    }

    private static async Task StopAsync(WorkerProcess worker)
    {
        var told = Stopwatch.GetTimestamp();
        await worker.SignalAsync("TERM");
        Assert.Equal(0, await worker.ExitAsync());
        Assert.True(Stopwatch.GetElapsedTime(told) < s_grace + s_leaving);
    }
}
