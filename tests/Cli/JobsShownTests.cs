using Bpc.Cli;
using Bpc.Cli.Jobs;
using Bpc.Tests.Database;
using static Bpc.Tests.Cli.JobsCommand;

namespace Bpc.Tests.Cli;

/// <summary>What operators see of jobs on the command line: the list, and one job.</summary>
[Trait("Category", "Integration")]
public sealed class JobsShownTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_empty_list_says_so_and_prints_nothing_a_script_would_read()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var answer = await AnswerAsync(database, "list");

        Assert.Equal((0, "", "no jobs"), (answer.ExitCode, answer.Output, answer.Error.Trim()));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    [InlineData(20)]
    public void A_list_has_a_line_for_each_job_however_narrow_the_terminal(int width)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null);
        terminal.Out.Profile.Width = width;
        var now = new DateTime(2027, 2, 18, 12, 0, 0, DateTimeKind.Utc);
        var job = new JobRow(
            Guid.CreateVersion7(), "demo-20270218-120000-abcd", "COMPILE_PASSPORT", "QUEUED", 0, 5, "worker-1",
            now.AddDays(3), now, "SNAPSHOT_NOT_SEALED", null);

        ListJobsCommand.Write(terminal, json: false, [job], now);

        var line = Assert.Single(output.ToString().Split('\n'), l => l.Contains($"{job.JobId}"));
        Assert.Contains("COMPILE_PASSPORT", line);
        Assert.Contains("QUEUED until 21 Feb", line);
        Assert.Equal(width >= 200, line.Contains("worker-1"));
        if (width >= 80)
        {
            Assert.All(output.ToString().Split('\n'), l => Assert.InRange(l.Length, 0, width));
        }
    }

    [Fact]
    public async Task A_job_is_shown_with_its_progress_and_the_chain_it_belongs_to()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, correlation_id, created_at)
            SELECT $1, type, 'SUCCEEDED', 'order-66', now() + n * interval '1 second'
              FROM unnest(ARRAY['COMPILE_PASSPORT', 'SIGN_PASSPORT', 'GENERATE_QR']) WITH ORDINALITY AS j (type, n)
            """,
            tenant);
        var job = await database.ScalarAsync<Guid>("SELECT job_id FROM jobs WHERE type = 'SIGN_PASSPORT'");
        await database.ExecuteAsync(
            "INSERT INTO job_progress VALUES ($1, $2, 1, 3, 10, ARRAY['three of ten'], now())", job, tenant);

        var shown = await RunAsync(database, "show", $"{job}");

        Assert.Contains("three of ten", shown);
        var chain = shown[shown.IndexOf("All jobs", StringComparison.Ordinal)..].Split('\n');
        Assert.Equal(4, chain.Length);
        Assert.Contains("COMPILE_PASSPORT", chain[1]);
        Assert.StartsWith($"> {job} SIGN_PASSPORT", chain[2]);
        Assert.Contains("GENERATE_QR", chain[3]);
    }

    [Fact]
    public async Task A_job_is_shown_in_the_order_a_person_asks_with_its_error_its_time_and_what_it_waits_for()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var job = Guid.CreateVersion7();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (job_id, tenant_id, type, status, started_at, completed_at, last_error)
            VALUES ($1, $2, 'PARSE_FACTS', 'DEAD_LETTER', '2027-02-18T12:00:00Z', '2027-02-18T12:00:01.5Z',
                    '{"message": "no such field", "error_code": "VALIDATION_ERROR"}')
            """,
            job, tenant);

        var dead = await RunAsync(database, "show", $"{job}");
        Assert.StartsWith(
            $"job_id            {job}\ntype              PARSE_FACTS\nstatus            DEAD_LETTER\n", dead);
        Assert.Contains("\nduration          1500 ms\n", dead);
        Assert.Contains("\nerror_code        VALIDATION_ERROR", dead);
        Assert.Contains("\nerror_message     no such field", dead);
        Assert.DoesNotContain("waits_for", dead);

        await RunAsync(database, "retry", $"{job}");
        await RunAsync(database, "pause", "--type", "PARSE_FACTS", "--reason", "moving");
        Assert.EndsWith("waits_for         a resume: it is paused, moving", await RunAsync(database, "show", $"{job}"));
    }

    [Fact]
    public async Task A_chain_is_the_jobs_of_one_call_by_its_correlation_id_however_long_else_by_its_trace()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, correlation_id, traceparent)
            SELECT $1, type, correlation_id, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
              FROM (VALUES ('A1', 'order-66'), ('A2', 'order-66'), ('B', 'order-67'), ('C1', repeat('x', 201)),
                           ('C2', repeat('x', 201)), ('D', NULL)) AS j (type, correlation_id)
            """,
            await database.CreateTenantAsync());

        Assert.Equal("A1 A2", await ChainAsync("A2"));
        Assert.Equal("B", await ChainAsync("B"));
        Assert.Equal("C1 C2", await ChainAsync("C1"));
        Assert.Equal("A1 A2 B C1 C2 D", await ChainAsync("D"));

        async Task<string> ChainAsync(string type)
        {
            var job = await database.ScalarAsync<Guid>("SELECT job_id FROM jobs WHERE type = $1", type);
            var chain = await new JobConsole(database.DataSource).ChainAsync(
                job, TestContext.Current.CancellationToken);
            return string.Join(' ', chain.Select(c => c.Type).Order());
        }
    }
}
