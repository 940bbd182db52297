using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bpc.Gateway.Auth;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Bpc.Tests.Gateway;

/// <summary>Looks at all routes at once: what holds for one holds for every one that is added.</summary>
[Trait("Category", "Integration")]
public sealed partial class RouteTests(GatewayFixture fixture, PostgresServer postgres)
    : IClassFixture<GatewayFixture>
{
    // Nobody is asked who they are here: health and metrics bind to loopback, keys and schemas are public.
    private static readonly string[] s_open =
    [
        "/v1/health/live", "/v1/health/ready", "/v1/metrics", "/.well-known/jwks.json",
        "/.well-known/did.json", "/v1/schemas", "/v1/schemas/{kind}",
        "/p/{id}/status.json", "/p/{id}/view.json", "/p/{id}/fields.json",
    ];

    private readonly RunningGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task Every_route_is_in_the_OpenAPI_document_with_a_summary_and_a_problem()
    {
        var paths = (await _gateway.Anonymous.GetAnswerAsync("/openapi/v1.json")).Json.GetProperty("paths");
        foreach (var (method, path) in ApiRoutes().Select(r => (r.Method, r.Path)))
        {
            var operation = paths.GetProperty(path).GetProperty(method.ToLowerInvariant());
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("summary").GetString()), $"{method} {path}");
            Assert.True(operation.GetProperty("responses").TryGetProperty("default", out _));
            Assert.Equal(!s_open.Contains(path), operation.TryGetProperty("security", out _));
            Assert.True(
                !operation.TryGetProperty("requestBody", out var body)
                || body.GetProperty("content").GetProperty("application/json")
                    .TryGetProperty("example", out _), $"{path} has no example");
        }
    }

    [Fact]
    public void Every_route_asks_for_a_permission_of_the_matrix()
    {
        foreach (var route in ApiRoutes().Where(r => !s_open.Contains(r.Path)))
        {
            var policies = route.Endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy)
                .OfType<string>().ToList();
            Assert.True(policies.Count == 1 && Permission.All.Contains(policies[0]), $"{route.Method} {route.Path}");
            Assert.Null(route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>());
        }
    }

    [Fact]
    public async Task The_OpenAPI_document_names_each_route_s_permission_and_no_route_that_is_not_there()
    {
        var paths = (await _gateway.Anonymous.GetAnswerAsync("/openapi/v1.json")).Json.GetProperty("paths");
        var documented = paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(
            operation => (Method: operation.Name.ToUpperInvariant(), path.Name, Operation: operation.Value)));
        var routes = ApiRoutes().ToDictionary(route => (route.Method, route.Path));
        foreach (var (method, path, operation) in documented)
        {
            Assert.True(routes.TryGetValue((method, path), out var route), $"{method} {path} is only documented");
            var asked = route.Endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy)
                .OfType<string>().SingleOrDefault();
            var text = operation.TryGetProperty("description", out var said) ? said.GetString()! : "";
            Assert.True(
                asked is null ? !text.Contains("Permission:") : text.EndsWith($"Permission: `{asked}`"),
                $"{method} {path} asks for {asked} and says: {text}");
        }
    }

    [Fact]
    public async Task Every_route_refuses_who_has_no_key()
    {
        foreach (var route in ApiRoutes().Where(r => !s_open.Contains(r.Path)))
        {
            var answer = await _gateway.Anonymous.SendAsync(
                new(route.Method), route.WithId(Guid.CreateVersion7()), null);
            Assert.True(answer.Status == 401, $"{route.Method} {route.Path} answered {answer.Status}");
        }
    }

    [Fact]
    public async Task Another_tenant_s_id_is_not_found_in_the_same_words_as_an_id_that_nobody_has()
    {
        var owner = await _gateway.CreateTenantAsync();
        var stranger = (await _gateway.CreateTenantAsync()).Http;
        var passport = await StoredPassport.InsertAsync(_gateway.Database, owner.Id);
        foreach (var route in ApiRoutes().Where(
            r => r.Path.Contains("{id}", StringComparison.Ordinal) && !s_open.Contains(r.Path)))
        {
            var foreign = await stranger.AnswerAsync(route, passport.IdFor(route.Path));
            var nobodys = await stranger.AnswerAsync(route, Guid.CreateVersion7());
            Assert.True(foreign.Status == 404, $"{route.Method} {route.Path} answered {foreign.Status} {foreign.Text}");
            Assert.Equal(Anonymized(nobodys), Anonymized(foreign));
        }
    }

    [Fact]
    public async Task Another_tenant_s_id_within_a_body_is_refused_in_the_same_words_as_one_that_nobody_has()
    {
        var theirs = await StoredPassport.InsertAsync(_gateway.Database, (await _gateway.CreateTenantAsync()).Id);
        var tenant = await _gateway.CreateTenantAsync();
        var mine = await StoredPassport.InsertAsync(_gateway.Database, tenant.Id);
        var open = (await tenant.Http.PostAsync("/v1/snapshots", "{}"))["snapshot_id"];
        (string Path, string Body, Guid Theirs)[] requests =
        [
            ("passports", """{"battery_product_id": "ID", "serial_number": "1"}""", theirs.BatteryProductId),
            ($"passports/{mine.PassportId}/compile",
                $$"""{"snapshot_id": "ID", "rule_package_version_id": "{{mine.RulePackageVersionId}}"}""",
                theirs.SnapshotId),
            ($"passports/{mine.PassportId}/compile",
                $$"""{"snapshot_id": "{{mine.SnapshotId}}", "rule_package_version_id": "ID"}""",
                theirs.RulePackageVersionId),
            ($"snapshots/{open}/items", """{"fact_ids": ["ID"]}""", theirs.FactId),
            ("webhook-subscriptions", """{"webhook_endpoint_id": "ID", "event_type": "*"}""", theirs.WebhookId),
        ];
        foreach (var (path, body, id) in requests)
        {
            var foreign = await tenant.Http.PostAsync($"/v1/{path}", body.Replace("ID", $"{id}"));
            var nobodys = await tenant.Http.PostAsync($"/v1/{path}", body.Replace("ID", $"{Guid.CreateVersion7()}"));
            Assert.True(foreign.Status is 404 or 422, $"{path} answered {foreign.Status} {foreign.Text}");
            Assert.Equal(Id().Replace(nobodys.Text, "ID"), Id().Replace(foreign.Text, "ID"));
        }
    }

    [Fact]
    public async Task The_owner_s_id_is_found_on_every_route_that_reads()
    {
        var owner = await _gateway.CreateTenantAsync();
        var passport = await StoredPassport.InsertAsync(_gateway.Database, owner.Id);
        foreach (
            var route in ApiRoutes().Where(r => r.Method == "GET" && r.Path.Contains("{id}", StringComparison.Ordinal)))
        {
            var answer = await owner.Http.AnswerAsync(route, passport.IdFor(route.Path));
            Assert.True(answer.Status == 200, $"{route.Path} answered {answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task Every_GET_is_answered_to_HEAD_too_without_the_body()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var passport = await StoredPassport.InsertAsync(_gateway.Database, tenant.Id);
        string[] pages = ["/", $"/p/{passport.VersionId}", $"/p/{passport.VersionId}/qr.png", "/reference/"];
        var paths = ApiRoutes().Where(r => r.Method == "GET").Select(
            r => r.WithId(r.Path.Contains("{id}", StringComparison.Ordinal) ? passport.IdFor(r.Path) : Guid.Empty));
        foreach (var path in paths.Concat(pages))
        {
            var get = await ServedAsync(tenant.Http, HttpMethod.Get, path);
            var head = await ServedAsync(tenant.Http, HttpMethod.Head, path);
            Assert.True(get.Status == head.Status, $"{path}: GET {get.Status}, HEAD {head.Status}");
            Assert.Equal(get.Header("Content-Type"), head.Header("Content-Type"));
            Assert.Equal(get.Header("ETag"), head.Header("ETag"));
            Assert.Empty(head.Bytes);
        }

        var compile = $"/v1/passports/{passport.PassportId}/compile";
        Assert.Equal(405, (await tenant.Http.SendAsync(HttpMethod.Head, compile, null)).Status);
        foreach (var page in pages) // no client in between that would hide a body
        {
            var raw = await _gateway.SendRawAsync(
                $"HEAD {page} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", raw);
            Assert.EndsWith("\r\n\r\n", raw);
            Assert.Equal(1, raw.Split("\r\n\r\n").Length - 1);
            Assert.True(
                raw.Contains($"Content-Length: {passport.Artefacts.QrPng.Length}\r\n", StringComparison.Ordinal)
                || !page.EndsWith(".png", StringComparison.Ordinal));
        }
    }

    /// <summary>The answer once the service is there: a busy machine may not have readiness in two seconds.</summary>
    private static async Task<Answer> ServedAsync(HttpClient http, HttpMethod method, string path)
    {
        Answer answer = null!;
        await JobRows.UntilAsync(
            async () => (answer = await http.SendAsync(method, path, null)).Status != 503,
            $"{method} {path} is served");
        return answer;
    }

    [Fact]
    public async Task Every_query_names_its_tenant_and_does_not_lean_on_row_level_security()
    {
        await using var open = await RunningGateway.StartAsync(postgres);
        await open.Database.ExecuteAsync(
            """
            DO $$ DECLARE t record; BEGIN
              FOR t IN SELECT polrelid::regclass AS name FROM pg_policy WHERE polname = 'own_tenant' LOOP
                EXECUTE format('ALTER POLICY own_tenant ON %s USING (true)', t.name);
              END LOOP;
            END $$
            """);
        var owner = await open.CreateTenantAsync();
        var stranger = (await open.CreateTenantAsync()).Http;
        var passport = await StoredPassport.InsertAsync(open.Database, owner.Id);
        await passport.InsertOperationsAsync(open.Database, owner.Id);
        foreach (var route in ApiRoutes(open).Where(r => r.Method == "GET" && !s_open.Contains(r.Path)))
        {
            var byId = route.Path.Contains("{id}", StringComparison.Ordinal);
            var answer = await stranger.AnswerAsync(route, byId ? passport.IdFor(route.Path) : Guid.Empty);
            Assert.True(answer.Status == (byId ? 404 : 200), $"{route.Path} answered {answer.Status} {answer.Text}");
            var shows = passport.IsIn(answer.Text) || answer.Text.Contains($"{owner.Id}", StringComparison.Ordinal);
            Assert.True(byId || !shows, $"{route.Path} shows another tenant's: {answer.Text}");
        }
    }

    private List<ApiRoute> ApiRoutes(RunningGateway? gateway = null) =>
    [
        .. (gateway ?? _gateway).App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Endpoint: e, Path: "/" + Constraint().Replace(e.RoutePattern.RawText!.Trim('/'), "}")))
            .Where(
                e => e.Path.StartsWith("/v1/", StringComparison.Ordinal)
                    || e.Path.StartsWith("/.well-known/", StringComparison.Ordinal)
                    || (e.Path.StartsWith("/p/", StringComparison.Ordinal) && !IsPage(e.Endpoint)))
            .SelectMany(e => e.Endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(m => new ApiRoute(m, e.Path, e.Endpoint))),
    ];

    // Pages and their pictures are for people and not in the document.
    private static bool IsPage(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is { ExcludeFromDescription: true };

    private static string Anonymized(Answer problem)
    {
        var text = Id().Replace(problem.Text, "ID");
        return JsonDocument.Parse(text).RootElement.GetProperty("code")
            .GetString() == "NOT_FOUND" ? text : problem.Text;
    }

    [GeneratedRegex(":guid}")]
    private static partial Regex Constraint();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}")]
    private static partial Regex Id();
}

/// <summary>One method of one path, as OpenAPI writes it.</summary>
internal sealed record ApiRoute(string Method, string Path, Endpoint Endpoint)
{
    // A body every route with an id understands something of: what is missing would be refused before the id is looked
    // at.
    private static readonly Dictionary<string, string> s_bodies = new()
    {
        ["/v1/documents/{id}/versions"] = """{"mime_type": "application/json", "content": "e30="}""",
        ["/v1/snapshots/{id}/items"] = $$"""{"fact_ids": ["{{Guid.CreateVersion7()}}"]}""",
        ["/v1/rule-packages/{id}/versions"] =
            """{"dsl_source": "package a version \"1\" language \"BPC-RULES-1\";", "tests_source": ""}""",
        ["/v1/jobs/{id}/snooze"] = """{"seconds": 60}""",
        ["/v1/passports/{id}/compile"] =
            $$"""
            {"snapshot_id": "{{Guid.CreateVersion7()}}", "rule_package_version_id": "{{Guid.CreateVersion7()}}"}
            """,
        ["/v1/rule-package-versions/{id}/deprecate"] = """{"reason": "a test"}""",
        ["/v1/rule-package-versions/{id}/retire"] = """{"reason": "a test"}""",
        ["/v1/passport-versions/{id}/revoke"] = """{"reason": "a test"}""",
        ["/v1/webhook-endpoints/{id}"] = """{"url": "https://example.com/hook"}""",
    };

    public string? Body => s_bodies.GetValueOrDefault(Path);

    public string WithId(Guid id) =>
        Path.Replace("{id}", $"{id}", StringComparison.Ordinal).Replace("{name}", "public", StringComparison.Ordinal);
}

internal static class ApiRouteRequests
{
    public static Task<Answer> AnswerAsync(this HttpClient http, ApiRoute route, Guid id) =>
        http.SendAsync(
            new(route.Method), route.WithId(id), route.Method is "GET" or "DELETE" || route.Body is null
                ? null : new StringContent(route.Body, Encoding.UTF8, "application/json"));
}
