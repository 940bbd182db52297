using System.Text;
using Bpc.Gateway;
using Bpc.Gateway.Auth;
using Bpc.Tests.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bpc.Tests.Gateway;

/// <summary>Keys and policies as their tenant's Admin handles them.</summary>
[Trait("Category", "Integration")]
public sealed class AccessTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _tenant = await _gateway.CreateTenantAsync();

    public ValueTask DisposeAsync()
    {
        _tenant.Http.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_key_is_shown_once_works_beside_others_and_tells_its_last_use()
    {
        var body = """{"role": "Auditor", "label": "audit", "expires_at": "2099-01-01T00:00:00Z"}""";
        var made = await _tenant.Http.PostAsync("/v1/api-keys", body, ("Idempotency-Key", "key-1"));
        var again = await _tenant.Http.PostAsync("/v1/api-keys", body, ("Idempotency-Key", "key-1"));

        Assert.Equal((201, "no-store"), (made.Status, made.Header("Cache-Control")));
        Assert.Equal(made.Text, again.Text);
        using var auditor = _gateway.Client(made["api_key"]!);
        Assert.Equal(200, (await auditor.GetAnswerAsync("/v1/documents")).Status);
        Assert.Equal(403, (await auditor.PostAsync("/v1/documents", """{"kind": "BOM"}""")).Status);
        Assert.Equal(200, (await _tenant.Http.GetAnswerAsync("/v1/documents")).Status);

        var id = made["api_key_id"];
        await JobRows.UntilAsync(
            () => _gateway.Database.ScalarAsync<bool>(
                "SELECT last_used_at IS NOT NULL FROM api_keys WHERE api_key_id = $1", Guid.Parse(id!)),
            "the key's use is written down");
        var listed = (await _tenant.Http.GetAnswerAsync("/v1/api-keys")).Json.GetProperty("items")[0];
        Assert.Equal(id, listed.GetProperty("api_key_id").GetString());
        Assert.Equal("audit", listed.GetProperty("label").GetString());
        Assert.DoesNotContain(made["api_key"]!, await DumpAsync("api_keys") + await DumpAsync("idempotency_keys"));
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_in_any_gateway_five_seconds_later()
    {
        await using var other = GatewayHost.Build(
            [], _gateway.Settings, _gateway.Cluster, NullLoggerFactory.Instance);
        await other.StartAsync(Ct);
        using var elsewhere = new HttpClient { BaseAddress = new(other.Urls.Single()) };
        var made = await _tenant.Http.PostAsync("/v1/api-keys", """{"role": "Auditor"}""");
        using var here = _gateway.Client(made["api_key"]!);
        elsewhere.DefaultRequestHeaders.Authorization = here.DefaultRequestHeaders.Authorization;
        Assert.Equal(200, (await here.GetAnswerAsync("/v1/documents")).Status);
        Assert.Equal(200, (await elsewhere.GetAnswerAsync("/v1/documents")).Status);

        var revoked = await _tenant.Http.PostAsync($"/v1/api-keys/{made["api_key_id"]}/revoke");
        var deadline = DateTime.UtcNow.AddSeconds(60);
        Assert.Equal((200, "REVOKED"), (revoked.Status, revoked["status"]));
        foreach (var client in (HttpClient[])[here, elsewhere])
        {
            await JobRows.UntilAsync(
                async () => (await client.GetAnswerAsync("/v1/documents")).Status == 401, "the key is refused");
            Assert.True(DateTime.UtcNow < deadline, "later than five seconds, and what a busy machine adds");
            Assert.Equal("API_KEY_REVOKED", (await client.GetAnswerAsync("/v1/documents"))["code"]);
        }

        Assert.Equal(409, (await _tenant.Http.PostAsync($"/v1/api-keys/{made["api_key_id"]}/revoke")).Status);
        await UntilDeniedAsync(Guid.Parse(made["api_key_id"]!), "API_KEY_REVOKED", events: 2); // one a gateway
    }

    [Fact]
    public async Task Of_a_policy_s_rules_the_first_by_priority_decides_and_none_leaves_it_to_the_role()
    {
        var officer = await NewKeyAsync(Role.ComplianceOfficer);
        var policy = $$"""
            {"rules": [
              {"priority": 20, "effect": "DENY", "permission": "document:*", "role": "ComplianceOfficer"},
              {"priority": 10, "effect": "ALLOW", "permission": "document:read", "api_key_id": "{{officer.Id}}"},
              {"priority": 30, "effect": "ALLOW", "permission": "webhook:write", "role": "ComplianceOfficer"},
              {"priority": 40, "effect": "DENY", "permission": "*", "role": "Admin"}
            ]}
            """;
        Assert.Equal(200, (await officer.Http.GetAnswerAsync("/v1/documents")).Status);
        Assert.Equal(201, (await _tenant.Http.PostAsync("/v1/access-policies", policy)).Status);

        using var fresh = _gateway.Client((await NewKeyTextAsync(Role.ComplianceOfficer)).Text);
        Assert.Equal(403, (await fresh.GetAnswerAsync("/v1/documents")).Status);
        Assert.Equal(200, (await fresh.GetAnswerAsync("/v1/snapshots")).Status);
        Assert.Equal(422, (await fresh.PostAsync("/v1/webhook-endpoints", """{"url": "no"}""")).Status);
        await JobRows.UntilAsync(
            async () => (await officer.Http.PostAsync("/v1/documents", """{"kind": "BOM"}""")).Status == 403,
            "the new policy is in force for a key that was in use");
        Assert.Equal(200, (await officer.Http.GetAnswerAsync("/v1/documents")).Status);

        // The Admin denied everything, and can still take it back.
        await JobRows.UntilAsync(
            async () => (await _tenant.Http.GetAnswerAsync("/v1/documents")).Status == 403, "the Admin is denied");
        Assert.Equal(201, (await _tenant.Http.PostAsync("/v1/access-policies", """{"rules": []}""")).Status);
        await JobRows.UntilAsync(
            async () => (await _tenant.Http.GetAnswerAsync("/v1/documents")).Status == 200, "the role decides again");
        var versions = (await _tenant.Http.GetAnswerAsync("/v1/access-policies")).Json.GetProperty("items");
        Assert.Equal([2, 1], versions.EnumerateArray().Select(v => v.GetProperty("version").GetInt32()));
        Assert.Equal(4, versions[1].GetProperty("rules").GetArrayLength());
        officer.Http.Dispose();
    }

    [Theory]
    [InlineData("""{"priority": 1, "effect": "MAYBE", "permission": "*"}""", "/rules/0/effect")]
    [InlineData("""{"priority": 1, "effect": "DENY", "permission": "moon:*"}""", "/rules/0/permission")]
    [InlineData("""{"priority": 1, "effect": "ALLOW", "permission": "dashboard:view"}""", "/rules/0/permission")]
    [InlineData("""{"priority": 1, "effect": "ALLOW", "permission": "dashboard:*"}""", "/rules/0/permission")]
    [InlineData("""{"priority": 1, "effect": "DENY", "permission": "policy:write"}""", "/rules/0/permission")]
    [InlineData("""{"priority": 1, "effect": "DENY", "permission": "*", "role": "King"}""", "/rules/0/role")]
    [InlineData("null", "/rules/0")]
    [InlineData("\"DENY\"", "/rules/0")]
    [InlineData("""{"priority": "1", "effect": "DENY", "permission": "*"}""", "/rules/0/priority")]
    [InlineData("""{"priority": 1, "effect": "DENY"}""", "/rules/0/permission")]
    [InlineData("""{"priority": 1, "effect": "DENY", "permission": null}""", "/rules/0/permission")]
    [InlineData("""{"priority": 1, "effect": "DENY", "permission": "*", "a/b": 1}""", "/rules/0/a~1b")]
    [InlineData(
        """{"priority": 1, "effect": "DENY", "permission": "*"}, {"priority": 1, "effect": "DENY", "permission": "*"}""",
        "/rules/1/priority")]
    public async Task A_rule_that_says_nothing_clear_is_refused_with_its_place(string rules, string where)
    {
        var answer = await _tenant.Http.PostAsync("/v1/access-policies", $$"""{"rules": [{{rules}}]}""");
        Assert.Equal(422, answer.Status);
        Assert.Equal(where, answer.Json.GetProperty("violations")[0].GetProperty("where").GetString());
    }

    [Fact]
    public async Task A_flood_of_refused_requests_is_one_event_a_permission()
    {
        var auditor = await NewKeyAsync(Role.Auditor);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(403, (await auditor.Http.PostAsync("/v1/documents", """{"kind": "BOM"}""")).Status);
            Assert.Equal(403, (await auditor.Http.PostAsync("/v1/snapshots", "{}")).Status);
        }

        await UntilDeniedAsync(auditor.Id, "FORBIDDEN", events: 2);
        auditor.Http.Dispose();
    }

    [Fact]
    public async Task No_path_that_a_key_makes_up_keeps_its_refusal_from_being_written_down()
    {
        var auditor = await NewKeyAsync(Role.Auditor);
        const string route = "/v1/job-schedules/";
        var fits = new string('a', 199 - route.Length);
        var name = $"{fits}🔋{new string('a', 50)}"; // the cut falls into the battery
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        var refused = await auditor.Http.SendAsync(HttpMethod.Put, route + Uri.EscapeDataString(name), body);
        Assert.Equal(403, refused.Status);

        await UntilDeniedAsync(auditor.Id, "FORBIDDEN", events: 1);
        Assert.Equal($"{route}{fits}…", await _gateway.Database.ScalarAsync<string>(
            """
            SELECT payload::jsonb ->> 'path' FROM events WHERE event_type = 'access.denied' AND aggregate_id = $1
            """,
            auditor.Id));
        auditor.Http.Dispose();
    }

    private async Task UntilDeniedAsync(Guid key, string code, long events)
    {
        const string denied = """
            SELECT count(*) FROM events WHERE event_type = 'access.denied' AND aggregate_id = $1
               AND payload::jsonb ->> 'code' = $2
            """;
        await JobRows.UntilAsync(
            async () => await _gateway.Database.ScalarAsync<long>(denied, key, code) == events, $"{events} denials");
    }

    private async Task<(Guid Id, string Text)> NewKeyTextAsync(string role)
    {
        var made = await _tenant.Http.PostAsync("/v1/api-keys", $$"""{"role": "{{role}}"}""");
        return (Guid.Parse(made["api_key_id"]!), made["api_key"]!);
    }

    private async Task<(Guid Id, HttpClient Http)> NewKeyAsync(string role)
    {
        var (id, text) = await NewKeyTextAsync(role);
        return (id, _gateway.Client(text));
    }

    private async Task<string?> DumpAsync(string table) =>
        await _gateway.Database.ScalarAsync<string>($"SELECT string_agg(t::text, '') FROM {table} t");
}
