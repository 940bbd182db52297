using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>A process that stands still inside the transaction that ends its job, for longer than the lease.</summary>
[Trait("Category", "Integration")]
public sealed class PausedCommitTests(PostgresServer postgres)
{
    private const string Committing = """
        SELECT application_name FROM pg_stat_activity
         WHERE datname = current_database() AND state = $1 AND application_name LIKE 'worker-%'
           AND query LIKE '%pg_sleep%'
        """;

    [Fact]
    public async Task The_rows_it_had_locked_come_free_another_silo_does_the_job_and_nothing_is_written_twice()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var workers = await FaultWorkers.StartAsync(
            database, 2, ("BPC_JOBS_LEASE_SECONDS", "8"), ("BPC_JOBS_LEASE_RENEW_SECONDS", "1"));
        await workers.QueueAsync(tenant, 1, """{"commit_ms": 3000}""");
        string? committing = null;
        await JobRows.UntilAsync(
            async () => (committing = await database.ScalarAsync<string>(Committing, "active")) is not null,
            "the transaction is under way");
        var stopped = workers[committing == "worker-1" ? 1 : 2];
        await stopped.SignalAsync("STOP");

        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<string>(Committing, "idle in transaction") == committing,
            "the stopped process holds its transaction open");
        await database.UntilAsync("SUCCEEDED", 1);
        await stopped.SignalAsync("CONT");
        await JobRows.UntilAsync(
            () => Task.FromResult(stopped.HasExited || stopped.Lines.Any(
                line => line.Contains("Lost the lease", StringComparison.Ordinal))),
            "the stopped one learns that the job is no longer its own, or that it was given up itself");

        Assert.NotEqual(committing, await database.ScalarAsync<string>("SELECT lease_owner FROM jobs"));
        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT lease_epoch FROM job_effects"));
        Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(10)));
    }
}
