using Bpc.FaultWorker;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>A job that kills its process, among others that do nothing wrong.</summary>
[Trait("Category", "Integration")]
public sealed class PoisonTests(PostgresServer postgres)
{
    private const int Neighbours = 800;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_job_that_kills_its_process_runs_out_of_attempts_and_costs_no_neighbour_more_than_one()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var workers = await FaultWorkers.StartAsync(
            database, 3, ("BPC_JOBS_LEASE_SECONDS", "30"), ("BPC_JOBS_LEASE_RENEW_SECONDS", "5"),
            ("BPC_JOBS_CONCURRENCY", "12"));
        await database.ExecuteAsync("INSERT INTO job_pauses (tenant_id) VALUES ($1)", tenant);
        await workers.QueueAsync(tenant, Neighbours, """{"ms": 400}""");
        await database.ExecuteAsync(
            "INSERT INTO jobs (tenant_id, type, priority, max_attempts) VALUES ($1, $2, 0, 2)",
            tenant, PoisonHandler.JobType);

        // Whoever claims it claims others with it.
        await database.ExecuteAsync("DELETE FROM job_pauses");
        await database.UntilAsync("DEAD_LETTER", 1, s_patience);
        await database.UntilAsync("SUCCEEDED", Neighbours, s_patience);

        Assert.Equal(1, workers.Left);
        Assert.Equal(1L, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM jobs
             WHERE type = $1 AND status = 'DEAD_LETTER' AND attempts = 2 AND lease_epoch = 2
               AND last_error->>'error_code' = 'LEASE_EXPIRED'
            """,
            PoisonHandler.JobType));
        Assert.True(await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE status = 'SUCCEEDED' AND attempts = 2") > 0, "it had no neighbours");
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE attempts > 2"));
        Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(40)));
    }
}
