using System.Text;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Gateway;

/// <summary>Jobs that a tenant asks for itself: at once, for later, and by the clock.</summary>
[Trait("Category", "Integration")]
public sealed class JobRequestTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly RunningGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task A_job_waits_for_its_time_with_its_priority_and_payload()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var queued = await tenant.Http.PostAsync(
            "/v1/jobs",
            """
            {"type": "SWEEP_JOBS", "payload": {"b": 1, "a": "x"}, "priority": 0,
             "scheduled_at": "2099-01-01T01:00:00+01:00"}
            """);

        Assert.Equal((202, "QUEUED"), (queued.Status, queued["status"]));
        Assert.Equal($"/v1/jobs/{queued["job_id"]}", queued.Header("Location"));
        var job = (await tenant.Http.GetAnswerAsync($"/v1/jobs/{queued["job_id"]}")).Json;
        Assert.Equal(new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc), job.GetProperty("scheduled_at").GetDateTime());
        Assert.Equal(0, job.GetProperty("priority").GetInt32());
        Assert.Equal("x", job.GetProperty("payload").GetProperty("a").GetString());
        Assert.NotNull(job.GetProperty("correlation_id").GetString());

        var now = await tenant.Http.PostAsync("/v1/jobs", """{"type": "SWEEP_JOBS"}""");
        await JobRows.UntilAsync(
            async () => (await tenant.Http.GetAnswerAsync($"/v1/jobs/{now["job_id"]}"))["status"] == "SUCCEEDED",
            "what has no time starts at once");
    }

    [Theory]
    [InlineData("""{"type": "COMPILE_PASPORT"}""", "/type", "COMPILE_PASSPORT")]
    [InlineData("""{"type": "SWEEP_JOBS", "payload": []}""", "/payload", "a JSON object")]
    [InlineData("""{"type": "SWEEP_JOBS", "payload": {"a": [1.5]}}""", "/payload/a/0", "")]
    [InlineData("""{"type": "SWEEP_JOBS", "payload": {"a": {"b": "\u0000"}}}""", "/payload", "U+0000")]
    [InlineData("""{"type": "SWEEP_JOBS", "payload": {"\u0000": 1}}""", "/payload", "U+0000")]
    [InlineData("""{"type": "SWEEP_JOBS", "priority": 4}""", "/priority", "")]
    [InlineData("""{"type": "SWEEP_JOBS", "scheduled_at": "tomorrow"}""", "/scheduled_at", "a time such as")]
    [InlineData("""{"type": "SWEEP_JOBS", "scheduled_at": "0001-01-01T00:00:00Z"}""", "/scheduled_at", "the year 2000 to 9998")]
    [InlineData("""{"type": "SWEEP_JOBS", "scheduled_at": "9999-12-31T23:59:59.9999999Z"}""", "/scheduled_at", "9998")]
    public async Task A_job_nobody_could_do_is_refused_with_the_place_and_what_would_be_right(
        string body, string pointer, string reason)
    {
        var tenant = await _gateway.CreateTenantAsync();
        var answer = await tenant.Http.PostAsync("/v1/jobs", body);

        Assert.Equal((422, "VALIDATION_ERROR"), (answer.Status, answer["code"]));
        var violation = Assert.Single(answer.Json.GetProperty("violations").EnumerateArray());
        Assert.Equal(pointer, violation.GetProperty("where").GetString());
        Assert.Contains(reason, violation.GetProperty("message").GetString());
        Assert.Equal(0L, await _gateway.Database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE tenant_id = $1", tenant.Id));
    }

    [Fact]
    public async Task A_job_of_any_type_that_names_another_tenant_s_things_changes_none_of_them()
    {
        var (owner, stranger) = (await _gateway.CreateTenantAsync(), await _gateway.CreateTenantAsync());
        var stored = await StoredPassport.InsertAsync(_gateway.Database, owner.Id, "SIGNED");
        var payload =
            $$"""
            {"passport_version_id": "{{stored.VersionId}}", "passport_id": "{{stored.PassportId}}",
             "snapshot_id": "{{stored.SnapshotId}}", "rule_package_version_id": "{{stored.RulePackageVersionId}}",
             "document_version_id": "{{stored.DocumentVersionId}}", "webhook_delivery_id": "{{stored.WebhookId}}",
             "format": "bundle", "seed": 1}
            """;
        var before = await RowsAsync(owner);
        string[] types =
        [
            "INGEST_DOCUMENT", "PARSE_FACTS", "BUILD_SNAPSHOT", "COMPILE_PASSPORT", "SIGN_PASSPORT", "GENERATE_QR",
            "RUN_RULE_TESTS", "EXPORT_PASSPORT", "DELIVER_WEBHOOK",
        ];
        foreach (var type in types)
        {
            var queued = await stranger.Http.PostAsync("/v1/jobs", $$"""{"type": "{{type}}", "payload": {{payload}}}""");
            Assert.Equal(202, queued.Status);
        }

        await JobRows.UntilAsync(
            async () => await _gateway.Database.ScalarAsync<long>(
                "SELECT count(*) FROM jobs WHERE tenant_id = $1 AND attempts > 0 AND status <> 'RUNNING'",
                stranger.Id) == types.Length,
            "each has run");
        await stranger.Http.PostAsync("/v1/jobs:pause", "{}");

        Assert.Equal(before, await RowsAsync(owner));
        Assert.Equal(1L, await _gateway.Database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE tenant_id = $1 AND status = 'SUCCEEDED'", stranger.Id)); // nothing to parse
        Assert.Equal(0L, await _gateway.Database.ScalarAsync<long>(
            """
            SELECT (SELECT count(*) FROM passport_versions WHERE tenant_id = $1)
                 + (SELECT count(*) FROM rule_tests_runs WHERE tenant_id = $1)
            """,
            stranger.Id));
    }

    [Fact]
    public async Task A_schedule_is_made_replaced_listed_and_taken_back_and_is_its_tenant_s_own()
    {
        var (tenant, other) = (await _gateway.CreateTenantAsync(), await _gateway.CreateTenantAsync());
        var made = await PutAsync(tenant, "tests", """{"type": "RUN_RULE_TESTS", "cron": "30 2 * * 1-5"}""");
        Assert.Equal((200, "SCHEDULED"), (made.Status, made["status"]));
        await PutAsync(other, "tests", """{"type": "SWEEP_JOBS", "cron": "0 0 1 1 *"}""");
        await PutAsync(
            tenant, "tests",
            """
            {"type": "RUN_RULE_TESTS", "cron": "0 4 * * *", "time_zone": "Europe/Vienna", "payload": {"seed": 7},
             "priority": 3, "catch_up": "none"}
            """);
        for (var time = 0; time < 2; time++) // the second changes nothing
        {
            await PutAsync(tenant, "a", """{"type": "SWEEP_JOBS", "cron": "0 0 1 1 *"}""");
        }

        var first = (await tenant.Http.GetAnswerAsync("/v1/job-schedules?limit=1")).Json;
        Assert.Equal("a", Assert.Single(first.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
        var next = await tenant.Http.GetAnswerAsync(
            $"/v1/job-schedules?cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(
            """
            {"items":[{"name":"tests","type":"RUN_RULE_TESTS","payload":{"seed": 7},"priority":3,"cron":"0 4 * * *",
            "time_zone":"Europe/Vienna","catch_up":"none","enabled":true,"last_error":null}],"next_cursor":null}
            """.ReplaceLineEndings(""),
            next.Text);

        var gone = await tenant.Http.SendAsync(HttpMethod.Delete, "/v1/job-schedules/tests", null);
        Assert.Equal((200, "UNSCHEDULED"), (gone.Status, gone["status"]));
        var again = await tenant.Http.SendAsync(HttpMethod.Delete, "/v1/job-schedules/tests", null);
        Assert.Equal((404, "NOT_FOUND"), (again.Status, again["code"]));
        Assert.Equal("set set set removed", await _gateway.Database.ScalarAsync<string>(
            """
            SELECT string_agg(split_part(event_type, '.', 2), ' ' ORDER BY aggregate_version) FROM events
             WHERE tenant_id = $1 AND aggregate_type = 'job_schedule' AND aggregate_id = $1
            """,
            tenant.Id));
        Assert.Equal(1, (await other.Http.GetAnswerAsync("/v1/job-schedules")).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_schedule_starts_its_jobs_and_a_tenant_has_no_more_than_fifty()
    {
        var tenant = await _gateway.CreateTenantAsync();
        const string everySecond = """{"type": "SWEEP_JOBS", "cron": "* * * * * *"}""";
        Assert.Equal(200, (await PutAsync(tenant, "tick", everySecond)).Status);
        await JobRows.UntilAsync(
            async () => await _gateway.Database.ScalarAsync<long>(
                "SELECT count(*) FROM jobs WHERE tenant_id = $1 AND status = 'SUCCEEDED'", tenant.Id) >= 2,
            "every second has its job");
        await tenant.Http.SendAsync(HttpMethod.Delete, "/v1/job-schedules/tick", null);

        await _gateway.Database.ExecuteAsync(
            """
            INSERT INTO job_schedules (name, tenant_id, type, cron)
            SELECT 'n-' || n, $1, 'SWEEP_JOBS', '0 0 1 1 *' FROM generate_series(1, 50) n
            """,
            tenant.Id);
        const string yearly = """{"type": "SWEEP_JOBS", "cron": "0 0 1 1 *"}""";
        var more = await PutAsync(tenant, "one-more", yearly);
        Assert.Equal((409, "INVALID_STATE"), (more.Status, more["code"]));
        Assert.Equal(200, (await PutAsync(tenant, "n-50", yearly)).Status); // it is there already
    }

    [Theory]
    [InlineData("Nightly", """{"type": "SWEEP_JOBS", "cron": "0 0 * * *"}""", "/name")]
    [InlineData("nightly%0A", """{"type": "SWEEP_JOBS", "cron": "0 0 * * *"}""", "/name")]
    [InlineData("a", """{"type": "SWEEP", "cron": "0 0 * * *"}""", "/type")]
    [InlineData("a", """{"type": "SWEEP_JOBS", "cron": "61 0 * * *"}""", "/cron")]
    [InlineData("a", """{"type": "SWEEP_JOBS", "cron": "0 0 * * *", "time_zone": "Mars/Base"}""", "/cron")]
    [InlineData("a", """{"type": "SWEEP_JOBS", "cron": "0 0 * * *", "payload": 1}""", "/payload")]
    [InlineData("a", """{"type": "SWEEP_JOBS", "cron": "0 0 * * *", "catch_up": "some"}""", "/catch_up")]
    public async Task A_schedule_that_never_starts_a_job_is_refused_at_once(string name, string body, string pointer)
    {
        var answer = await PutAsync(await _gateway.CreateTenantAsync(), name, body);

        Assert.Equal((422, "VALIDATION_ERROR"), (answer.Status, answer["code"]));
        var violation = Assert.Single(answer.Json.GetProperty("violations").EnumerateArray());
        Assert.Equal(pointer, violation.GetProperty("where").GetString());
    }

    private static Task<Answer> PutAsync(Tenant tenant, string name, string body) => tenant.Http.SendAsync(
        HttpMethod.Put, $"/v1/job-schedules/{name}", new StringContent(body, Encoding.UTF8, "application/json"));

    /// <summary>All the tenant has, as one hash.</summary>
    private Task<string?> RowsAsync(Tenant tenant) => _gateway.Database.ScalarAsync<string>(
        """
        SELECT md5(string_agg(r, '|' ORDER BY r)) FROM (
               SELECT v::text FROM passport_versions v WHERE tenant_id = $1
         UNION ALL SELECT p::text FROM passports p WHERE tenant_id = $1
         UNION ALL SELECT s::text FROM snapshots s WHERE tenant_id = $1
         UNION ALL SELECT d::text FROM document_versions d WHERE tenant_id = $1
         UNION ALL SELECT f::text FROM facts f WHERE tenant_id = $1
         UNION ALL SELECT r::text FROM rule_package_versions r WHERE tenant_id = $1
         UNION ALL SELECT t::text FROM rule_tests_runs t WHERE tenant_id = $1
         UNION ALL SELECT w::text FROM webhook_deliveries w WHERE tenant_id = $1
         UNION ALL SELECT e::text FROM events e WHERE tenant_id = $1
         UNION ALL SELECT j::text FROM jobs j WHERE tenant_id = $1) all_rows (r)
        """,
        tenant.Id);
}
