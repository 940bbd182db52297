namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class WebhookTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly RunningGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task An_endpoint_shows_its_secret_once_its_subscriptions_and_its_circuit()
    {
        var http = (await _gateway.CreateTenantAsync()).Http;
        var created = await http.PostAsync("/v1/webhook-endpoints", """{"url": "https://example.com/hook"}""");
        var path = created.Header("Location")!;
        await http.PostAsync("/v1/webhook-subscriptions",
            $$"""{"webhook_endpoint_id": "{{created["webhook_endpoint_id"]}}", "event_type": "*"}""");

        var shown = await http.GetAnswerAsync(path);
        Assert.Equal((201, "no-store"), (created.Status, created.Header("Cache-Control")));
        Assert.StartsWith("whsec_", created["secret"]);
        Assert.DoesNotContain(created["secret"]!["whsec_".Length..], shown.Text);
        Assert.Equal(("ENABLED", "CLOSED"), (shown["status"], shown["circuit"]));
        Assert.Equal("*", shown.Json.GetProperty("event_types")[0].GetString());

        await _gateway.Database.ExecuteAsync(
            """
            UPDATE webhook_endpoints SET circuit_open_until = now() + interval '1 minute'
             WHERE webhook_endpoint_id = $1
            """,
            Guid.Parse(created["webhook_endpoint_id"]!));
        Assert.Equal("OPEN", (await http.GetAnswerAsync(path))["circuit"]);
        await _gateway.Database.ExecuteAsync(
            "UPDATE webhook_endpoints SET circuit_open_until = now() WHERE webhook_endpoint_id = $1",
            Guid.Parse(created["webhook_endpoint_id"]!));
        Assert.Equal("HALF_OPEN", (await http.GetAnswerAsync(path))["circuit"]);
    }

    [Fact]
    public async Task An_endpoint_is_changed_disabled_enabled_and_deleted_and_each_step_is_an_event()
    {
        var http = (await _gateway.CreateTenantAsync()).Http;
        var created = await http.PostAsync("/v1/webhook-endpoints", """{"url": "https://example.com/hook"}""");
        var path = created.Header("Location")!;

        var moved = await http.SendAsync(
            HttpMethod.Patch, path, new StringContent(
                """{"url": "https://example.com/v2"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal((200, "https://example.com/v2"), (moved.Status, moved["url"]));
        Assert.Equal("DISABLED", (await http.PostAsync($"{path}/disable"))["status"]);
        Assert.Contains("api_key:", (await http.GetAnswerAsync(path))["disabled_reason"]);
        Assert.Equal(409, (await http.PostAsync($"{path}/ping")).Status);
        Assert.Equal("ENABLED", (await http.PostAsync($"{path}/enable"))["status"]);
        var rotated = await http.PostAsync($"{path}/rotate-secret", """{"overlap_hours": 1}""");
        Assert.StartsWith("whsec_", rotated["secret"]);
        Assert.Equal(rotated["previous_secret_until"], (await http.GetAnswerAsync(path))["previous_secret_until"]);
        Assert.Equal(422, (await http.PostAsync($"{path}/rotate-secret", """{"overlap_hours": 169}""")).Status);
        Assert.Equal("DELETED", (await http.SendAsync(HttpMethod.Delete, path, null))["status"]);
        Assert.Equal(404, (await http.GetAnswerAsync(path)).Status);
        Assert.DoesNotContain("example.com", (await http.GetAnswerAsync("/v1/webhook-endpoints")).Text);

        var events = (await http.GetAnswerAsync($"/v1/audit/events?aggregate_id={created["webhook_endpoint_id"]}"))
            .Json.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("event_type").GetString());
        Assert.Equal(
            ["deleted", "secret_rotated", "enabled", "disabled", "updated", "created"],
            events.Select(e => e!["webhook_endpoint.".Length..]));
    }

    [Theory]
    [InlineData("https://xn--ü.com/")]
    [InlineData("mailto:me@example.com")]
    [InlineData("//example.com/")]
    public async Task An_address_without_a_host_that_can_be_looked_up_is_refused(string url)
    {
        var http = (await _gateway.CreateTenantAsync()).Http;
        var created = await http.PostAsync("/v1/webhook-endpoints", """{"url": "https://example.com/hook"}""");
        var body = $$"""{"url": "{{url}}"}""";
        foreach (var answer in (Answer[])
            [
                await http.PostAsync("/v1/webhook-endpoints", body),
                await http.SendAsync(
                    HttpMethod.Patch, created.Header("Location")!,
                    new StringContent(body, System.Text.Encoding.UTF8, "application/json")),
            ])
        {
            Assert.Equal((422, "VALIDATION_ERROR"), (answer.Status, answer["code"]));
            Assert.Equal("/url", answer.Json.GetProperty("violations")[0].GetProperty("where").GetString());
        }
    }

    [Fact]
    public async Task A_delivery_shows_its_body_and_every_attempt_and_is_replayed()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var endpoint = await tenant.Http.PostAsync("/v1/webhook-endpoints", """{"url": "https://example.com/hook"}""");
        await tenant.Http.PostAsync("/v1/jobs:pause", "{}"); // what is under way cannot be replayed
        var ping = await tenant.Http.PostAsync($"{endpoint.Header("Location")}/ping");
        Assert.Equal(202, ping.Status);
        await _gateway.Database.ExecuteAsync(
            """
            INSERT INTO webhook_attempts (webhook_delivery_id, attempt, tenant_id, http_status, duration_ms)
            SELECT $1, n, $2, 500 + n, n FROM generate_series(1, 2) n
            """, Guid.Parse(ping["webhook_delivery_id"]!), tenant.Id);

        var shown = (await tenant.Http.GetAnswerAsync(ping.Header("Location")!)).Json;
        Assert.Equal("webhook_endpoint.ping", shown.GetProperty("body").GetProperty("event_type").GetString());
        Assert.Equal(
            [502, 501],
            shown.GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("http_status").GetInt32()));
        Assert.Equal(ping["job_id"], shown.GetProperty("job_id").GetString());

        var replayed = await tenant.Http.PostAsync($"{ping.Header("Location")}/replay");
        Assert.Equal((202, ping["job_id"]), (replayed.Status, replayed["job_id"]));
        var listed = await tenant.Http.GetAnswerAsync(
            $"/v1/webhook-deliveries?webhook_endpoint_id={endpoint["webhook_endpoint_id"]}&status=PENDING");
        Assert.Equal(1, listed.Json.GetProperty("items").GetArrayLength());
    }
}
