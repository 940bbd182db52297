namespace Bpc.Tests.Gateway;

/// <summary>What holds a tenant's jobs back, over HTTP.</summary>
[Trait("Category", "Integration")]
public sealed class JobControlTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly RunningGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task A_tenant_pauses_limits_and_resumes_its_own_jobs()
    {
        var tenant = await _gateway.CreateTenantAsync();
        await tenant.Http.PostAsync("/v1/jobs:pause", """{"type": "DELIVER_WEBHOOK", "reason": "moving"}""");
        var both = await tenant.Http.PostAsync(
            "/v1/jobs:limit", """{"type": "COMPILE_PASSPORT", "max_running": 4, "max_per_minute": 600}""");

        Assert.Equal(200, both.Status);
        var pause = Assert.Single(both.Json.GetProperty("pauses").EnumerateArray());
        Assert.Equal(("DELIVER_WEBHOOK", "moving"), (
            pause.GetProperty("type").GetString(), pause.GetProperty("reason").GetString()));
        var limit = Assert.Single(both.Json.GetProperty("limits").EnumerateArray());
        Assert.Equal((4, 600), (
            limit.GetProperty("max_running").GetInt32(), limit.GetProperty("max_per_minute").GetInt32()));
        var stranger = (await _gateway.CreateTenantAsync()).Http;
        Assert.Equal("""{"pauses":[],"limits":[]}""", (await stranger.GetAnswerAsync("/v1/jobs:controls")).Text);

        await tenant.Http.PostAsync("/v1/jobs:resume", """{"type": "DELIVER_WEBHOOK"}""");
        var none = await tenant.Http.PostAsync("/v1/jobs:limit", """{"type": "COMPILE_PASSPORT"}""");
        Assert.Equal("""{"pauses":[],"limits":[]}""", none.Text);
    }

    [Fact]
    public async Task A_repeated_pause_resume_or_limit_gives_its_first_answer_and_has_no_second_effect()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var first = await PauseAsync();
        await tenant.Http.PostAsync(
            "/v1/jobs:limit", """{"type": "PARSE_FACTS", "max_running": 1}""", ("Idempotency-Key", "limit"));
        var resumed = await ResumeAsync();

        Assert.Equal((200, first.Text), (first.Status, (await PauseAsync()).Text));
        Assert.Equal("moving", first.Json.GetProperty("pauses")[0].GetProperty("reason").GetString());
        await tenant.Http.PostAsync("/v1/jobs:limit", """{"type": "PARSE_FACTS"}""");
        Assert.Equal(resumed.Text, (await ResumeAsync()).Text);
        Assert.Equal(1, resumed.Json.GetProperty("limits")[0].GetProperty("max_running").GetInt32());
        Assert.Equal(
            """{"pauses":[],"limits":[]}""", (await tenant.Http.GetAnswerAsync("/v1/jobs:controls")).Text);

        Task<Answer> PauseAsync() => tenant.Http.PostAsync(
            "/v1/jobs:pause", """{"type": "DELIVER_WEBHOOK", "reason": "moving"}""", ("Idempotency-Key", "pause"));

        Task<Answer> ResumeAsync() => tenant.Http.PostAsync(
            "/v1/jobs:resume", """{"type": "DELIVER_WEBHOOK"}""", ("Idempotency-Key", "resume"));
    }

    [Fact]
    public async Task Nobody_retries_or_resumes_another_tenant_s_jobs()
    {
        var (owner, stranger) = (await _gateway.CreateTenantAsync(), await _gateway.CreateTenantAsync());
        var job = Guid.CreateVersion7();
        await _gateway.Database.ExecuteAsync(
            "INSERT INTO jobs (job_id, tenant_id, type, status) VALUES ($1, $2, 'EXPORT_PASSPORT', 'FAILED')",
            job, owner.Id);
        await owner.Http.PostAsync("/v1/jobs:pause", """{"type": "EXPORT_PASSPORT"}""");

        var retried = await stranger.Http.PostAsync("/v1/jobs:retry", """{"status": "FAILED"}""");
        var resumed = await stranger.Http.PostAsync("/v1/jobs:resume", """{"type": "EXPORT_PASSPORT"}""");

        Assert.Equal((200, 200), (retried.Status, resumed.Status));
        Assert.Equal("FAILED", (await owner.Http.GetAnswerAsync($"/v1/jobs/{job}"))["status"]);
        var controls = (await owner.Http.GetAnswerAsync("/v1/jobs:controls")).Json;
        Assert.Equal(1, controls.GetProperty("pauses").GetArrayLength());
        await owner.Http.PostAsync("/v1/jobs:retry", """{"status": "FAILED"}""");
        // Paused, it stays where it was put.
        Assert.Equal("QUEUED", (await owner.Http.GetAnswerAsync($"/v1/jobs/{job}"))["status"]);
    }

    [Fact]
    public async Task A_retry_of_many_says_before_when_they_ended_and_goes_on_from_there()
    {
        var tenant = await _gateway.CreateTenantAsync();
        await tenant.Http.PostAsync("/v1/jobs:pause", "{}"); // what is queued again stays so
        await _gateway.Database.ExecuteAsync(
            "INSERT INTO jobs (tenant_id, type, status) VALUES ($1, 'EXPORT_PASSPORT', 'FAILED')", tenant.Id);

        var first = await tenant.Http.PostAsync("/v1/jobs:retry", """{"status": "FAILED"}""");
        await _gateway.Database.ExecuteAsync(
            "UPDATE jobs SET status = 'FAILED', completed_at = now() WHERE tenant_id = $1", tenant.Id);
        var rest = $$"""{"status": "FAILED", "before": "{{first["before"]}}"}""";
        var second = await tenant.Http.PostAsync("/v1/jobs:retry", rest);

        Assert.Equal((200, 1), (first.Status, first.Json.GetProperty("retried").GetInt32()));
        Assert.Equal($$"""{"retried":0,"before":"{{first["before"]}}"}""", second.Text);
    }

    [Fact]
    public async Task A_queued_job_is_snoozed_and_shows_its_progress_and_its_chain()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var job = Guid.CreateVersion7();
        await _gateway.Database.ExecuteAsync(
            """
            INSERT INTO jobs (job_id, tenant_id, type, scheduled_at, correlation_id)
            VALUES ($1, $2, 'PARSE_FACTS', now() + interval '1 minute', 'order-66')
            """, job, tenant.Id);
        await _gateway.Database.ExecuteAsync(
            "INSERT INTO job_progress VALUES ($1, $2, 1, 3, 10, ARRAY['three of ten'], now())", job, tenant.Id);

        Assert.Equal(422, (await tenant.Http.PostAsync($"/v1/jobs/{job}/snooze", """{"seconds": 0}""")).Status);
        var snoozed = await tenant.Http.PostAsync($"/v1/jobs/{job}/snooze", """{"seconds": 1800}""");

        Assert.Equal((200, "QUEUED"), (snoozed.Status, snoozed["status"]));
        var chain = (await tenant.Http.GetAnswerAsync("/v1/jobs?correlation_id=order-66")).Json.GetProperty("items");
        var shown = Assert.Single(chain.EnumerateArray());
        Assert.Equal(3, shown.GetProperty("progress").GetProperty("done").GetInt32());
        Assert.True(shown.GetProperty("scheduled_at").GetDateTime() > DateTime.UtcNow.AddMinutes(29));
    }
}
