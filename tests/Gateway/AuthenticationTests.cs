using Bpc.Gateway.Auth;
using Bpc.Tests.Database;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class AuthenticationTests(GatewayFixture fixture, PostgresServer postgres)
    : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await _gateway.CreateTenantAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_key_opens_what_its_role_may()
    {
        Assert.Equal(200, (await _tenant.Http.GetAnswerAsync("/v1/documents")).Status);

        using var auditor = _gateway.Client(await _gateway.CreateKeyAsync(_tenant.Id, Role.Auditor));
        Assert.Equal(200, (await auditor.GetAnswerAsync("/v1/documents")).Status);
        var refused = await auditor.PostAsync("/v1/documents", """{"kind": "BOM"}""");
        Assert.Equal((403, "FORBIDDEN"), (refused.Status, refused["code"]));

        using var officer = _gateway.Client(await _gateway.CreateKeyAsync(_tenant.Id, Role.ComplianceOfficer));
        Assert.Equal(201, (await officer.PostAsync("/v1/documents", """{"kind": "BOM"}""")).Status);
        Assert.Equal(
            403, (await officer.PostAsync("/v1/webhook-endpoints", """{"url": "https://example.com/"}""")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bpc_test_000000000000_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("nonsense")]
    public async Task An_unknown_key_is_no_key(string key)
    {
        var answer = await _gateway.Anonymous.GetAnswerAsync("/v1/documents", ("Authorization", $"Bearer {key}"));
        Assert.Equal((401, "UNAUTHORIZED"), (answer.Status, answer["code"]));
        Assert.StartsWith("Bearer", answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task A_key_with_another_secret_is_no_key()
    {
        var answer = await _gateway.Anonymous.GetAnswerAsync(
            "/v1/documents",
            ("Authorization", $"Bearer {_tenant.ApiKey[..^1]}{(_tenant.ApiKey[^1] == '0' ? '1' : '0')}"));
        Assert.Equal((401, "UNAUTHORIZED"), (answer.Status, answer["code"]));
    }

    [Fact]
    public async Task A_revoked_or_expired_key_says_so()
    {
        var expired = await _gateway.CreateKeyAsync(_tenant.Id, Role.Admin, DateTime.UtcNow.AddSeconds(-1));
        var answer = await _gateway.Anonymous.GetAnswerAsync("/v1/documents", ("Authorization", $"Bearer {expired}"));
        Assert.Equal((401, "API_KEY_REVOKED"), (answer.Status, answer["code"]));

        await _gateway.Database.ExecuteAsync("UPDATE api_keys SET revoked_at = now() WHERE tenant_id = $1", _tenant.Id);
        answer = await _tenant.Http.GetAnswerAsync("/v1/documents");
        Assert.Equal((401, "API_KEY_REVOKED"), (answer.Status, answer["code"]));
    }

    [Fact]
    public async Task A_sign_in_link_works_once_and_its_cookie_reads_and_writes_only_from_our_own_pages()
    {
        var link = _gateway.App.Services.GetRequiredService<SignInLinks>().Create(_tenant.Id, Role.Admin, "/dashboard");
        var opened = await _gateway.Anonymous.GetAnswerAsync(link);
        Assert.Equal((302, "/dashboard"), (opened.Status, opened.Header("Location")));
        var cookie = opened.Header("Set-Cookie")!;
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=strict", cookie);
        Assert.Equal(401, (await _gateway.Anonymous.GetAnswerAsync(link)).Status);

        var session = ("Cookie", cookie.Split(';')[0]);
        var again = await _gateway.Anonymous.GetAnswerAsync(link, session);
        Assert.Equal((302, "/"), (again.Status, again.Header("Location")));
        Assert.Equal(200, (await _gateway.Anonymous.GetAnswerAsync("/v1/documents", session)).Status);
        Assert.Equal(401, (await _gateway.Anonymous.PostAsync("/v1/documents", """{"kind": "BOM"}""", session)).Status);
        Assert.Equal(401, (await _gateway.Anonymous.PostAsync(
            "/v1/documents", """{"kind": "BOM"}""", session, ("Sec-Fetch-Site", "same-site"))).Status);
        Assert.Equal(201, (await _gateway.Anonymous.PostAsync(
            "/v1/documents", """{"kind": "BOM"}""", session, ("Sec-Fetch-Site", "same-origin"))).Status);
    }

    [Fact]
    public async Task A_link_made_before_there_is_a_tenant_signs_in_and_finds_the_one_that_comes()
    {
        var tenant = Guid.Empty;
        var link = _gateway.App.Services.GetRequiredService<SignInLinks>()
            .Create(() => Task.FromResult(tenant), Role.Admin, "/dashboard");
        var opened = await _gateway.Anonymous.GetAnswerAsync(link);
        var session = ("Cookie", opened.Header("Set-Cookie")!.Split(';')[0]);

        Assert.Equal(200, (await _gateway.Anonymous.GetAnswerAsync("/", session)).Status);
        Assert.Equal(200, (await _gateway.Anonymous.GetAnswerAsync("/dashboard/", session)).Status);
        var refused = await WriteAsync();
        Assert.Equal((409, "INVALID_STATE"), (refused.Status, refused["code"]));
        Assert.Contains("bpc tenant create", refused["detail"]);

        tenant = _tenant.Id;
        Assert.Equal(201, (await WriteAsync()).Status);

        Task<Answer> WriteAsync() => _gateway.Anonymous.PostAsync(
            "/v1/documents", """{"kind": "BOM"}""", session, ("Sec-Fetch-Site", "same-origin"));
    }

    [Fact]
    public async Task Whoever_only_looks_at_a_sign_in_link_with_HEAD_does_not_use_it_up()
    {
        var link = _gateway.App.Services.GetRequiredService<SignInLinks>().Create(_tenant.Id, Role.Admin);
        Assert.Equal(405, (await _gateway.Anonymous.SendAsync(HttpMethod.Head, link, null)).Status);
        Assert.Equal(302, (await _gateway.Anonymous.GetAnswerAsync(link)).Status);
    }

    [Fact]
    public async Task A_link_that_went_through_a_proxy_opens_nothing()
    {
        var link = _gateway.App.Services.GetRequiredService<SignInLinks>().Create(_tenant.Id, Role.Admin);
        Assert.Equal(401, (await _gateway.Anonymous.GetAnswerAsync(link, ("X-Forwarded-For", "203.0.113.7"))).Status);
    }

    [Fact]
    public async Task The_dashboard_is_for_operators()
    {
        var stranger = await _gateway.Anonymous.GetAnswerAsync("/dashboard", ("Accept", "text/html"));
        Assert.Equal(401, stranger.Status);
        Assert.Contains("Sign in first", stranger.Text);
        Assert.Contains("./bpc up", stranger.Text);
        Assert.Equal(200, (await _tenant.Http.GetAnswerAsync("/dashboard/")).Status);
        Assert.Equal(200, (await _tenant.Http.GetAnswerAsync("/dashboard/DashboardCounters")).Status);

        using var auditor = _gateway.Client(await _gateway.CreateKeyAsync(_tenant.Id, Role.Auditor));
        Assert.Equal(403, (await auditor.GetAnswerAsync("/dashboard")).Status);
    }

    [Fact]
    public async Task In_production_no_tenant_s_key_opens_the_dashboard()
    {
        await using var production = await RunningGateway.StartAsync(postgres, s => s with { Environment = "prod" });
        var tenant = await production.CreateTenantAsync();
        Assert.Equal(403, (await tenant.Http.GetAnswerAsync("/dashboard")).Status);

        // Nor does a rule of its own: the dashboard shows every tenant's grains.
        foreach (var pattern in (string[])["*", "dashboard:*", "dashboard:view"])
        {
            tenant = await production.CreateTenantAsync();
            await production.Database.ExecuteAsync(
                """
                INSERT INTO access_policies (tenant_id, version, rules, created_by)
                VALUES ($1, 1, jsonb_build_array(jsonb_build_object(
                  'priority', 1, 'effect', 'ALLOW', 'permission', $2::text)), 'test')
                """,
                tenant.Id, pattern);
            Assert.Equal(403, (await tenant.Http.GetAnswerAsync("/dashboard/")).Status);
            Assert.Equal(200, (await tenant.Http.GetAnswerAsync("/v1/documents")).Status);
        }
    }
}
