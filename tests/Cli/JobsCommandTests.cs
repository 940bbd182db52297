using System.Text.Json;
using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;
using static Bpc.Tests.Cli.JobsCommand;

namespace Bpc.Tests.Cli;

/// <summary>The operator's everyday on the command line, against a database as it is.</summary>
[Trait("Category", "Integration")]
public sealed class JobsCommandTests(PostgresServer postgres)
{
    [Fact]
    public async Task Jobs_are_retried_by_filter_snoozed_and_cancelled()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, attempts, last_error)
            SELECT $1, type, 'DEAD_LETTER', 5, jsonb_build_object('error_code', code)
              FROM unnest(ARRAY['A', 'B']) type, unnest(ARRAY['WEBHOOK_FAILED', 'INTERNAL_ERROR']) code
            """,
            tenant);

        Assert.Equal("1 jobs queued again", await RunAsync(
            database, "retry", "--type", "A", "--status", "DEAD_LETTER", "--error-code", "WEBHOOK_FAILED"));
        var queued = await database.ScalarAsync<Guid>(
            "SELECT job_id FROM jobs WHERE status = 'QUEUED' AND attempts = 0");
        Assert.Equal($"{queued} waits for 01:00:00", await RunAsync(database, "snooze", $"{queued}", "--for", "1h"));
        Assert.Equal($"{queued} CANCELLED", await RunAsync(database, "cancel", $"{queued}"));
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE status = 'CANCELLED' AND scheduled_at > now() + interval '59 minutes'"));
    }

    [Fact]
    public async Task Pauses_limits_and_weights_are_set_listed_and_taken_back()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var slug = $"tenant-{tenant:n}";

        Assert.Equal("paused: A of every tenant", await RunAsync(
            database, "pause", "--type", "A", "--reason", "moving"));
        Assert.Equal($"limits set: every type of tenant {slug}", await RunAsync(
            database, "limit", "--tenant", slug, "--running", "2", "--per-minute", "60"));
        Assert.Equal($"weight set: {slug} has 3", await RunAsync(database, "weight", slug, "3"));
        var controls = (await RunAsync(database, "controls", "--json")).Split('\n').Select(
            line => JsonSerializer.Deserialize<JsonElement>(line)).ToDictionary(
            c => c.GetProperty("control").GetString()!);
        Assert.Equal("moving", controls["pause"].GetProperty("reason").GetString());
        Assert.Equal(2, controls["limit"].GetProperty("max_running").GetInt32());
        Assert.Equal(60, controls["limit"].GetProperty("max_per_minute").GetInt32());
        Assert.Equal(3, controls["weight"].GetProperty("weight").GetInt32());
        Assert.Contains("2 at once, 60 a minute", await RunAsync(database, "controls"));

        Assert.Equal("""{"verb":"resumed","of":"A of every tenant","changed":1}""", await RunAsync(
            database, "resume", "--type", "A", "--json"));
        var nothing = await AnswerAsync(database, "resume", "--type", "A");
        Assert.Equal((1, ""), (nothing.ExitCode, nothing.Output));
        Assert.StartsWith("NOT_FOUND: there is no pause of A of every tenant", nothing.Error);
        Assert.Equal($"limits taken back: every type of tenant {slug}", await RunAsync(
            database, "limit", "--tenant", slug));
        Assert.Equal(0L, await database.ScalarAsync<long>(
            "SELECT (SELECT count(*) FROM job_pauses) + (SELECT count(*) FROM job_limits)"));
    }

    [Fact]
    public async Task A_pause_of_a_type_nobody_knows_is_set_and_warned_of()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var slip = await AnswerAsync(database, "pause", "--type", "PARSE_FACT");
        Assert.Equal((0, "paused: PARSE_FACT of every tenant"), (slip.ExitCode, slip.Output.Trim()));
        Assert.Contains("knows no job type PARSE_FACT, only INGEST_DOCUMENT, PARSE_FACTS", slip.Error);
        Assert.Equal("", (await AnswerAsync(database, "pause", "--type", "PARSE_FACTS")).Error);
    }

    [Fact]
    public async Task Of_several_jobs_those_that_can_be_are_cancelled_and_of_the_others_is_said_why_not()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var (done, queued, nobody) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (job_id, tenant_id, type, status)
            VALUES ($1, $3, 'A', 'SUCCEEDED'), ($2, $3, 'A', 'QUEUED')
            """,
            done, queued, tenant);

        var answer = await AnswerAsync(database, "cancel", $"{nobody}", $"{done}", $"{queued}", "--json");

        Assert.Equal(1, answer.ExitCode);
        Assert.Equal($$"""{"job_id":"{{queued}}","status":"CANCELLED"}""", answer.Output.Trim());
        Assert.Equal(
            [$"NOT_FOUND: there is no job {nobody}", $"INVALID_STATE: {done} has already ended: it is SUCCEEDED"],
            answer.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_cancel_by_filter_takes_what_has_not_ended_and_no_other()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status)
            SELECT $1, type, status FROM unnest(ARRAY['A', 'B']) type,
                   unnest(ARRAY['QUEUED', 'RUNNING', 'FAILED', 'SUCCEEDED']) status
            """,
            tenant);
        const string states = "SELECT string_agg(type || ' ' || status, ', ' ORDER BY type, status) FROM jobs";

        Assert.Equal("1 jobs cancelled", await RunAsync(database, "cancel", "--type", "B", "--status", "RUNNING"));
        Assert.Equal("2 jobs cancelled", await RunAsync(database, "cancel", "--tenant", $"{tenant}", "--type", "A"));
        Assert.Equal(
            "A CANCELLED, A CANCELLED, A FAILED, A SUCCEEDED, B CANCELLED, B FAILED, B QUEUED, B SUCCEEDED",
            await database.ScalarAsync<string>(states));

        var ended = await Bpc.RunAsync("jobs", "cancel", "--status", "FAILED");
        Assert.Equal((64, true), (ended.ExitCode, ended.Error.Contains("these jobs have ended", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_retry_by_filter_means_dead_letters_unless_another_status_is_named()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status)
            SELECT $1, 'A', status FROM unnest(ARRAY['DEAD_LETTER', 'FAILED', 'SUCCEEDED', 'CANCELLED']) status
            """,
            tenant);

        Assert.Equal("1 jobs queued again", await RunAsync(database, "retry", "--tenant", $"{tenant}"));
        Assert.Equal("CANCELLED FAILED QUEUED SUCCEEDED", await database.ScalarAsync<string>(
            "SELECT string_agg(status, ' ' ORDER BY status) FROM jobs"));
        Assert.Equal("1 jobs queued again", await RunAsync(
            database, "retry", "--tenant", $"{tenant}", "--status", "SUCCEEDED"));
    }

    [Fact]
    public async Task A_retry_by_filter_goes_on_until_nothing_is_left()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, completed_at)
            SELECT $1, 'A', 'DEAD_LETTER', CASE WHEN n > 1 THEN now() END FROM generate_series(1, 10001) n
            """,
            tenant);
        await database.ExecuteAsync( // by a clock that was ahead
            "INSERT INTO jobs (tenant_id, type, status, completed_at) VALUES ($1, 'A', 'DEAD_LETTER', '9000-01-01')",
            tenant);

        Assert.Equal("10002 jobs queued again", await RunAsync(database, "retry", "--type", "A"));
    }

    [Fact]
    public async Task A_mistyped_tenant_is_said_and_not_shown_as_one_without_jobs()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var answer = await ChildProcess.RunAsync(
            ChildProcess.Bpc, ["jobs", "list", "--tenant", "typo"], database.Variables,
            TestContext.Current.CancellationToken);

        Assert.Equal((1, ""), (answer.ExitCode, answer.Output));
        Assert.Equal("NOT_FOUND: there is no tenant typo", answer.Error.TrimEnd());
    }

    [Fact]
    public async Task A_schedule_is_made_changed_listed_and_taken_back_and_one_that_never_starts_is_refused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        string[] sweep = ["schedule", "sweep", "--type", "SWEEP_JOBS", "--cron", "17 3 * * *"];

        Assert.Equal("scheduled: sweep", await RunAsync(database, sweep));
        await database.ExecuteAsync("UPDATE job_schedules SET enabled = false, last_error = 'old'");
        Assert.Equal("scheduled: sweep", await RunAsync(database, [
            .. sweep, "--time-zone", "Europe/Vienna", "--priority", "0",
            "--tenant", $"{tenant}", "--payload", """{"days": 7}""", "--catch-up", "none"]));
        Assert.Equal($"{tenant} 7 0 Europe/Vienna none t", await database.ScalarAsync<string>(
            """
            SELECT concat_ws(' ', tenant_id, payload->'days', priority, time_zone, catch_up, enabled, last_error)
              FROM job_schedules WHERE name = 'sweep' AND tenant_id IS NOT NULL
            """));
        Assert.Contains("17 3 * * * Europe/Vienna", await RunAsync(database, "controls"));
        Assert.Equal("unscheduled: sweep", await RunAsync(database, "unschedule", "sweep", "--tenant", $"{tenant}"));
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM job_schedules WHERE tenant_id IS NULL"));
        Assert.Equal("unscheduled: sweep", await RunAsync(database, "unschedule", "sweep"));
        Assert.Equal("nothing to change", await RunAsync(database, "unschedule", "sweep"));

        foreach (var (wrong, why) in new (string[], string)[]
        {
            (["schedule", "x", "--type", "A", "--cron", "61 * * * *"], "cron '61 * * * *'"),
            (["schedule", "x", "--type", "A", "--cron", "* * * * *", "--time-zone", "Mars/Base"], "Mars/Base"),
            (["schedule", "x", "--type", "A", "--cron", "* * * * *", "--payload", "[]"], "a JSON object is wanted"),
            (["schedule", "Not so", "--type", "A", "--cron", "* * * * *"], "lower-case letters"),
        })
        {
            var answer = await ChildProcess.RunAsync(
                ChildProcess.Bpc, ["jobs", .. wrong], database.Variables, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, answer.ExitCode);
            Assert.Contains(why, answer.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM job_schedules"));
    }

    [Fact]
    public async Task A_job_is_queued_for_its_time_once_under_its_key_and_not_with_a_payload_nobody_can_read()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        string[] enqueue = ["enqueue", "SWEEP_JOBS", "--tenant", $"{tenant}"];
        string[] later =
        [
            .. enqueue, "--payload", """{"n": 1}""", "--at", "2099-01-01T01:00:00+01:00", "--priority", "3", "--key", "k",
        ];

        var first = await RunAsync(database, later);
        Assert.EndsWith(" QUEUED", first);
        var again = await AnswerAsync(database, later);
        Assert.Equal(first, again.Output.Trim());
        Assert.Contains("a SWEEP_JOBS job with the key k already", again.Error);
        Assert.Equal($$"""{"job_id":"{{first[..36]}}","status":"QUEUED"}""", await RunAsync(
            database, [.. later, "--json"]));
        Assert.Equal("1 3 t k", await database.ScalarAsync<string>(
            """
            SELECT concat_ws(' ', payload->'n', priority, scheduled_at = '2099-01-01T00:00:00Z', idempotency_key)
              FROM jobs
            """));
        var id = await RunAsync(database, enqueue);
        Assert.True(await database.ScalarAsync<bool>(
            "SELECT scheduled_at <= now() FROM jobs WHERE job_id = $1", Guid.Parse(id.Split(' ')[0])));

        var refused = await ChildProcess.RunAsync(
            ChildProcess.Bpc, ["jobs", .. enqueue, "--payload", """{"n": 1.5}"""], database.Variables,
            TestContext.Current.CancellationToken);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("/payload/n", refused.Error, StringComparison.Ordinal);
        var mistyped = await ChildProcess.RunAsync(
            ChildProcess.Bpc, ["jobs", .. enqueue, "--at", "tomorrow"], database.Variables,
            TestContext.Current.CancellationToken);
        Assert.Equal(64, mistyped.ExitCode);
        Assert.Contains("--at is 'tomorrow'; a time such as 2027", mistyped.Error, StringComparison.Ordinal);
        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs"));
    }
}
