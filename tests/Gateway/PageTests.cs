using System.Text;
using Bpc.Core;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class PageTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await _gateway.CreateTenantAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_passport_shows_its_values_with_units_its_state_and_who_signed_without_login()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var page = await _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}");
        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
        Assert.Contains("<span class=\"value\">75.500</span>", page.Text);
        Assert.Matches("<span class=\"unit\">(&nbsp;|&#xA0;|\u00a0)kWh</span>", page.Text);
        Assert.Contains("2023/1542 XIII 1(h)", page.Text);
        Assert.Contains("Active", page.Text);
        Assert.Contains("dev-key-1", page.Text);
        Assert.Contains(stored.Artefacts.ReceiptHash, page.Text);
        Assert.Contains("Traction battery &lt;75&gt;", page.Text);
    }

    [Fact]
    public async Task A_page_shows_nothing_of_the_hidden_sections_and_runs_nothing()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var page = await _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}");
        Assert.DoesNotContain("urn:report:1", page.Text);
        Assert.DoesNotContain("quoted", page.Text);
        Assert.DoesNotContain("<script", page.Text);
        Assert.DoesNotContain("style=", page.Text);
        Assert.Equal(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "style-src 'self'; img-src 'self'",
            page.Header("Content-Security-Policy"));
    }

    [Theory]
    [InlineData("ACTIVE", 200, "Active")]
    [InlineData("SUPERSEDED", 200, "Superseded")]
    [InlineData("REVOKED", 200, "Do not rely on it")]
    [InlineData("SIGNED", 404, "No passport here")]
    public async Task Only_what_was_activated_is_public(string status, int expected, string words)
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id, status);
        var page = await _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}");
        Assert.Equal(expected, page.Status);
        Assert.Contains(words, page.Text);
        Assert.Equal(expected, (await _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}/qr.png")).Status);
    }

    [Fact]
    public async Task What_was_revoked_before_it_was_ever_active_stays_unpublished()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id, "SIGNED");
        var revoked = await _tenant.Http.PostAsync(
            $"/v1/passport-versions/{stored.VersionId}/revoke", """{"reason": "wrong capacity"}""");
        Assert.Equal((200, "REVOKED"), (revoked.Status, revoked["status"]));

        Assert.Equal(404, (await _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}")).Status);
        Assert.Equal(404, (await _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}/qr.png")).Status);
        Assert.Null(await _gateway.Database.ScalarAsync<Guid?>("SELECT bpc_public_tenant($1)", stored.VersionId));
    }

    [Theory]
    [InlineData("/p/nonsense")]
    [InlineData("/p/01982f6e-7d1c-7c3e-9b1a-3f6c1d2e4a5b")]
    [InlineData("/p/01982f6e-7d1c-7c3e-9b1a-3f6c1d2e4a5b/qr.png")]
    public async Task Where_no_passport_is_a_small_page_says_so(string path)
    {
        var page = await _gateway.Anonymous.GetAnswerAsync(path);
        Assert.Equal((404, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
    }

    [Theory]
    [InlineData("DB_UNAVAILABLE", "/p/x", "This passport cannot be shown just now")]
    [InlineData("RATE_LIMITED", "/", "This page cannot be shown just now")]
    public async Task What_passes_by_itself_is_said_without_a_code_and_with_what_the_log_has_it_under(
        string code, string path, string said)
    {
        var http = new DefaultHttpContext { RequestServices = _gateway.App.Services };
        using var body = new MemoryStream();
        (http.Request.Path, http.Request.Headers.Accept, http.Response.Body) = (path, "text/html", body);
        http.Items[typeof(CorrelationId)] = "order-4711";

        await Problems.WriteAsync(http, new(BpcError.All.Single(e => e.Name == code), "nothing for a reader"));

        var page = Encoding.UTF8.GetString(body.ToArray());
        Assert.Contains(said, page);
        Assert.Contains("order-4711", page);
        Assert.DoesNotContain("nothing for a reader", page);
    }

    [Fact]
    public async Task A_browser_reads_an_error_as_a_page_and_the_API_keeps_its_problems()
    {
        var browser = ("Accept", "text/html,application/xhtml+xml");
        var page = await _gateway.Anonymous.GetAnswerAsync("/dashboard/", browser);
        Assert.Equal((401, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
        Assert.Equal("UNAUTHORIZED", (await _gateway.Anonymous.GetAnswerAsync("/v1/documents", browser))["code"]);
    }

    [Fact]
    public async Task The_start_page_shows_passports_only_to_whoever_is_signed_in()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        Assert.DoesNotContain($"{stored.VersionId}", (await _gateway.Anonymous.GetAnswerAsync("/")).Text);

        var link = _gateway.App.Services.GetRequiredService<SignInLinks>().Create(_tenant.Id, Role.Admin);
        var cookie = (await _gateway.Anonymous.GetAnswerAsync(link)).Header("Set-Cookie")!.Split(';')[0];
        Assert.Contains(
            $"/p/{stored.VersionId}", (await _gateway.Anonymous.GetAnswerAsync("/", ("Cookie", cookie))).Text);
    }

    [Fact]
    public async Task The_reference_page_loads_everything_from_here()
    {
        var page = await _gateway.Anonymous.GetAnswerAsync("/reference/");
        Assert.Equal(200, page.Status);
        Assert.DoesNotContain("https://cdn", page.Text);
        Assert.DoesNotContain("fonts.scalar.com", page.Text);
        Assert.Matches("<script [^>]*nonce=\"[0-9a-f]{32}\"", page.Text);
    }
}
