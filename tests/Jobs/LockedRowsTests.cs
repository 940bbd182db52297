using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>A transaction somebody leaves open holds up the jobs whose rows it has, and no others.</summary>
[Trait("Category", "Integration")]
public sealed class LockedRowsTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_that_end_together_with_locked_ones_do_not_wait_for_them_nor_do_those_that_come_after()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var finish = new TaskCompletionSource();
        var gated = new TestHandler("GATED", async (_, ct) =>
        {
            await finish.Task.WaitAsync(ct);
            return TestHandler.Done;
        });
        await using var cluster = await JobCluster.StartAsync(
            database, new(), [gated, TestHandler.Succeeding("AFTER")]);
        await database.QueueAsync(tenant, "GATED", 40);
        await database.UntilAsync("RUNNING", 40);

        await using (var holding = await database.DataSource.OpenConnectionAsync(Ct))
        {
            await using var transaction = await holding.BeginTransactionAsync(Ct);
            await using var hold = new NpgsqlCommand(
                "UPDATE jobs SET priority = 0 WHERE (payload ->> 'n')::int % 8 = 0", holding, transaction);
            Assert.Equal(5, await hold.ExecuteNonQueryAsync(Ct));
            finish.SetResult();
            await database.UntilAsync("SUCCEEDED", 35, TimeSpan.FromSeconds(45));
            var after = await cluster.Grains.GetGrain<IJobsGrain>(tenant)
                .EnqueueAsync(new Call(tenant, "test", "test"), new("AFTER", "{}"));
            await database.UntilAsync("SUCCEEDED", 36, TimeSpan.FromSeconds(45));
            Assert.Equal("SUCCEEDED", await database.ScalarAsync<string>(
                "SELECT status FROM jobs WHERE job_id = $1", after.JobId));
            await transaction.CommitAsync(Ct);
        }

        await database.UntilAsync("SUCCEEDED", 41);
        Assert.Equal(40L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE type = 'GATED' AND attempts = 1 AND rescues = 0"));
    }

    [Fact]
    public async Task A_locked_schedule_holds_up_no_other()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO job_schedules (name, tenant_id, type, cron)
            VALUES ('first', $1, 'TICK', '* * * * * *'), ('second', $1, 'TOCK', '* * * * * *')
            """,
            tenant);
        await using var holding = await database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await holding.BeginTransactionAsync(Ct);
        await using var hold = new NpgsqlCommand(
            "UPDATE job_schedules SET priority = 1 WHERE name = 'first'", holding, transaction);
        await hold.ExecuteNonQueryAsync(Ct);

        await using var cluster = await JobCluster.StartAsync(
            database, new() { PollInterval = TimeSpan.FromMilliseconds(100) },
            [TestHandler.Succeeding("TICK"), TestHandler.Succeeding("TOCK")]);

        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE type = 'TOCK'") >= 3,
            "the other schedule goes on");
        await transaction.CommitAsync(Ct);
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM jobs WHERE type = 'TICK')"),
            "the first follows");
    }

    [Fact]
    public async Task A_dispatcher_that_waits_for_the_table_still_says_which_types_it_knows()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), [TestHandler.Succeeding("KNOWN")]);
        await using var holding = await database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await holding.BeginTransactionAsync(Ct);
        await using var hold = new NpgsqlCommand("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE", holding, transaction);
        await hold.ExecuteNonQueryAsync(Ct);
        await database.UntilLookingForJobsAsync();

        // The server ends the dispatcher's statement after 30 s.
        var known = await cluster.Dispatcher().KnownTypesAsync().WaitAsync(TimeSpan.FromSeconds(25), Ct);

        Assert.Contains("KNOWN", known);
    }
}
