using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Operating;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>Jobs by the clock, and the sweep of old ones.</summary>
[Trait("Category", "Integration")]
public sealed class ScheduleTests(PostgresServer postgres)
{
    [Fact]
    public async Task Each_occurrence_is_one_job_in_the_whole_cluster()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO job_schedules (name, tenant_id, type, payload, cron, catch_up, handled_to)
            VALUES ('tick', $1, 'TICK', '{"n": 1}', '* * * * * *', 'all', now() - interval '20 s')
            """,
            tenant);

        await using var cluster = await JobCluster.StartAsync(database, new(), [TestHandler.Succeeding("TICK")], silos: 3);
        await JobRows.UntilAsync(async () => await database.CountAsync("SUCCEEDED") >= 22, "every second has its job");
        await database.ExecuteAsync("DELETE FROM job_schedules");

        Assert.Equal(0L, await database.ScalarAsync<long>(
            """
            SELECT count(*) - extract(epoch FROM max(scheduled_at) - min(scheduled_at))::bigint - 1 FROM jobs
            """));
        Assert.Equal(await database.ScalarAsync<long>("SELECT count(*) FROM jobs"), await database.ScalarAsync<long>(
            "SELECT count(DISTINCT scheduled_at) FROM jobs WHERE idempotency_key LIKE 'schedule:own:tick:%'"));
    }

    [Theory]
    [InlineData("-infinity")]
    [InlineData("infinity")]
    [InlineData("1999-12-31Z")]
    public async Task A_time_nobody_can_count_from_is_refused_where_it_is_typed(string time)
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var error = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(
            """
            INSERT INTO job_schedules (name, type, cron, handled_to) VALUES ('odd', 'TICK', '* * * * *', $1::timestamptz)
            """,
            time));

        Assert.Equal("job_schedules_handled_to_is_from_2000_to_9998", error.ConstraintName);
    }

    [Fact]
    public async Task A_schedule_nobody_can_read_says_so_in_its_row_and_works_once_it_is_mended()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.CreateTenantAsync();
        await database.CreateTenantAsync();
        await database.ExecuteAsync("INSERT INTO job_schedules (name, type, cron) VALUES ('typo', 'TICK', '* * * * x')");
        await using var cluster = await JobCluster.StartAsync(database, new(), [TestHandler.Succeeding("TICK")]);

        await JobRows.UntilAsync(
            async () => (await database.ScalarAsync<string>("SELECT last_error FROM job_schedules"))?.Contains('x') == true,
            "the row says what is wrong");
        await database.ExecuteAsync("UPDATE job_schedules SET cron = '* * * * * *'");

        // Without a tenant it is one job for each.
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>("SELECT count(DISTINCT tenant_id) FROM jobs") == 2,
            "both tenants have their job");
        Assert.Null(await database.ScalarAsync<string>("SELECT last_error FROM job_schedules"));
    }

    [Fact]
    public async Task A_tenant_s_schedule_and_the_cluster_s_of_the_same_name_and_type_have_a_job_each()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (tenant, other) = (await database.CreateTenantAsync(), await database.CreateTenantAsync());
        await database.ExecuteAsync(
            """
            INSERT INTO job_schedules (name, tenant_id, type, cron, handled_to)
            SELECT 'yearly', tenant_id, 'TICK', '0 0 1 1 *', now() - interval '1 year' FROM unnest($1) AS t (tenant_id)
            """,
            new Guid?[] { null, tenant });
        await using var cluster = await JobCluster.StartAsync(database, new(), [TestHandler.Succeeding("TICK")]);

        await database.UntilAsync("SUCCEEDED", 3);

        Assert.Equal((2L, 1L), (
            await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE tenant_id = $1", tenant),
            await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE tenant_id = $1", other)));
    }

    [Fact]
    public async Task A_sweep_removes_what_ended_long_ago_and_nothing_else_and_says_how_far_it_is()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (tenant, other) = (await database.CreateTenantAsync(), await database.CreateTenantAsync());
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, created_at, completed_at, scheduled_at)
            SELECT t, 'WORK', status, now() - age, now() - age, now() + interval '1 day'
              FROM unnest(ARRAY[$1, $2]) t, unnest(ARRAY['SUCCEEDED', 'DEAD_LETTER', 'QUEUED']) status,
                   unnest(ARRAY[interval '31 days', interval '29 days']) age, generate_series(1, 300)
            """,
            tenant, other);
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, created_at, completed_at)
            VALUES ($1, 'WAITED_LONG', 'SUCCEEDED', now() - interval '31 days', now() - interval '29 days')
            """,
            tenant);

        await using var cluster = await JobCluster.StartAsync(database, new(), [], retentionDays: 30);
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<string>(
                "SELECT type FROM job_schedules WHERE name = 'retention'") == JobTypes.SweepJobs,
            "where jobs are not kept for ever, every night has its sweep");
        await database.ExecuteAsync("DELETE FROM job_schedules"); // or tonight's sweep might come in between
        await database.ExecuteAsync("INSERT INTO jobs (tenant_id, type) VALUES ($1, 'SWEEP_JOBS')", tenant);
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<string>(
                "SELECT result->>'removed' FROM jobs WHERE type = 'SWEEP_JOBS'") == "600", "the sweep is done");

        Assert.Equal((1200L, 1800L), (
            await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE type = 'WORK' AND tenant_id = $1", tenant),
            await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE type = 'WORK' AND tenant_id = $1", other)));
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM job_progress JOIN jobs USING (job_id) WHERE type = 'SWEEP_JOBS' AND done > 0"));
    }

    [Fact]
    public async Task Progress_is_the_running_claims_own_and_its_last_twenty_lines()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), []);
        await database.QueueAsync(tenant, "BY_HAND");
        var first = Assert.Single(await cluster.ClaimAsync("BY_HAND"));
        var progress = cluster.Service<JobProgress>();
        await progress.Of(first).ReportAsync(1, 10, "of the first claim", TestContext.Current.CancellationToken);
        await database.ExecuteAsync("UPDATE jobs SET status = 'QUEUED'");
        var second = Assert.Single(await cluster.ClaimAsync("BY_HAND"));

        var run = progress.Of(second);
        for (var line = 1; line <= 24; line++)
        {
            await run.ReportAsync(line, 25, $"line {line}", TestContext.Current.CancellationToken);
        }

        var odd = $"\0{new string('x', 198)}🔋 line 25";
        await run.ReportAsync(25, 25, odd, TestContext.Current.CancellationToken);

        await progress.Of(first).ReportAsync(9, 10, "too late", TestContext.Current.CancellationToken);
        var lines = await database.ScalarAsync<string[]>("SELECT lines FROM job_progress WHERE done = 25 AND total = 25");
        Assert.Equal(20, lines!.Length);
        Assert.EndsWith("line 6", lines[0]);
        Assert.EndsWith($" \ufffd{new string('x', 198)}…", lines[^1]);
    }
}
