using Bpc.FaultWorker;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>A job that kills its process, among others that do nothing wrong.</summary>
[Trait("Category", "Integration")]
public sealed class PoisonTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_job_that_kills_its_process_runs_out_of_attempts_and_costs_no_neighbour_more_than_one()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var silos = await SiloProcess.StartAsync(
            database, 3, "BPC_JOBS_LEASE_SECONDS=3", "BPC_JOBS_LEASE_RENEW_SECONDS=1", "BPC_JOBS_CONCURRENCY=12");
        try
        {
            await database.QueueWorkAsync(tenant, 20, """{"ms": 500}""");
            await database.ExecuteAsync(
                "INSERT INTO jobs (tenant_id, type, priority, max_attempts) VALUES ($1, $2, 0, 2)",
                tenant, PoisonHandler.JobType);
            await database.QueueWorkAsync(tenant, 40, """{"ms": 500}""");

            await database.UntilAsync("DEAD_LETTER", 1);
            await database.UntilAsync("SUCCEEDED", 60);

            Assert.Equal(1, silos.Count(silo => !silo.HasExited));
            Assert.Equal(1L, await database.ScalarAsync<long>(
                """
                SELECT count(*) FROM jobs
                 WHERE type = $1 AND status = 'DEAD_LETTER' AND attempts = 2 AND lease_epoch = 2
                   AND last_error->>'error_code' = 'LEASE_EXPIRED'
                """,
                PoisonHandler.JobType));
            Assert.True(
                await database.ScalarAsync<long>(
                    "SELECT count(*) FROM jobs WHERE attempts = 2 AND status = 'SUCCEEDED'") > 0,
                "nobody stood beside it when it killed its process");
            Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE attempts > 2"));
            Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(10)));
        }
        finally
        {
            await Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
        }
    }
}
