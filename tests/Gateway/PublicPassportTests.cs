using System.Text;
using Bpc.Core.Passports.Verifying;
using Bpc.Core.Rules;
using Bpc.Tests.Passports;
using Bpc.Tests.Rules;

namespace Bpc.Tests.Gateway;

/// <summary>What everybody may fetch of a passport that was published, without a key.</summary>
[Trait("Category", "Integration")]
public sealed class PublicPassportTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;

    public static TheoryData<string> Routes => ["status.json", "view.json", "fields.json"];

    public async ValueTask InitializeAsync() => _tenant = await _gateway.CreateTenantAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_status_says_whether_a_version_holds_and_is_never_kept()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);

        var answer = await GetAsync(stored, "status.json");

        Assert.Equal((200, "no-cache"), (answer.Status, answer.Header("Cache-Control")));
        Assert.Equal(
            $$"""
            {"passport_version_id":"{{stored.VersionId}}","status":"ACTIVE","superseded_at":null,"revoked_at":null,
            "active_version_id":"{{stored.VersionId}}","payload_hash":"{{Sample.Compiled().PayloadHash}}",
            "receipt_hash":"{{stored.Artefacts.ReceiptHash}}"}
            """.ReplaceLineEndings(""),
            answer.Text);
    }

    [Theory]
    [InlineData("SUPERSEDED", "superseded_at")]
    [InlineData("REVOKED", "revoked_at")]
    public async Task The_status_of_a_version_that_no_longer_holds_says_since_when_and_nothing_of_why(
        string status, string since)
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id, status);
        var answer = await GetAsync(stored, "status.json");
        Assert.Equal((200, status), (answer.Status, answer["status"]));
        Assert.True(answer.Json.GetProperty(since).TryGetDateTime(out _), answer.Text);
        Assert.Equal("null", answer.Json.GetProperty("active_version_id").GetRawText());
        Assert.DoesNotContain("secret reason", answer.Text);
        Assert.Equal(200, (await GetAsync(stored, "view.json")).Status);
    }

    [Fact]
    public async Task The_public_view_is_the_one_its_tenant_gets_and_verifies()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);

        var view = await GetAsync(stored, "view.json");

        Assert.Equal((200, "application/json"), (view.Status, view.Header("Content-Type")));
        var tenants = await _tenant.Http.GetAnswerAsync(
            $"/v1/passport-versions/{stored.VersionId}/view?audience=public");
        Assert.Equal(tenants.Bytes, view.Bytes);
        Assert.Equal(["public"], view.Json.GetProperty("sections").EnumerateObject().Select(s => s.Name));
        Assert.DoesNotContain("urn:report:1", view.Text);
        var report = ViewVerifier.Verify(view.Bytes, [stored.Artefacts.Signature.PublicKey]);
        Assert.True(report is { Mismatch: null, SignerTrusted: true });

        using var files = new TemporaryFiles();
        var node = await Tool.RunAsync(
            "node", Path.Combine(Repository.Root, "tests", "Passports", "verify-bundle.mjs"),
            files.Write("view.json", view.Bytes),
            files.Write("key.pem", Encoding.ASCII.GetBytes(Sample.PublicPem(stored.Artefacts.Signature.PublicKey))));
        Assert.Equal(("", 0), (node.Errors, node.ExitCode));

        Assert.Equal("no-cache", view.Header("Cache-Control"));
        Assert.Equal(
            304, (await _gateway.Anonymous.GetAnswerAsync(
                $"/p/{stored.VersionId}/view.json", ("If-None-Match", view.Header("ETag")!))).Status);
    }

    [Fact]
    public async Task The_fields_say_what_the_public_values_mean_and_name_no_other()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);

        var answer = await GetAsync(stored, "fields.json");

        Assert.Equal((200, "no-cache"), (answer.Status, answer.Header("Cache-Control")));
        var package = RulePackage.Compile(RuleSamples.Battery);
        var fields = answer.Json.GetProperty("fields").EnumerateArray().ToList();
        Assert.Equal(
            package.Fields.Where(field => field.Section == "public").Select(field => field.Path)
                .Order(StringComparer.Ordinal),
            fields.Select(field => field.GetProperty("path").GetString()));
        Assert.Contains(fields, field => field.GetProperty("unit").GetString() == "kWh");
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task What_was_never_active_is_not_found_in_the_same_words_as_what_does_not_exist(string route)
    {
        var signed = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id, "SIGNED");
        var before = await GetAsync(signed, route);
        await _tenant.Http.PostAsync(
            $"/v1/passport-versions/{signed.VersionId}/revoke", """{"reason": "wrong capacity"}""");
        var revoked = await GetAsync(signed, route);
        var nobodys = await _gateway.Anonymous.GetAnswerAsync($"/p/{Guid.Empty}/{route}");
        foreach (var answer in new[] { before, revoked, nobodys })
        {
            Assert.Equal(
                (404, "application/problem+json", "NOT_FOUND"),
                (answer.Status, answer.Header("Content-Type"), answer["code"]));
        }

        Assert.Equal(revoked["detail"]!.Replace($"{signed.VersionId}", $"{Guid.Empty}"), nobodys["detail"]);
    }

    [Fact]
    public async Task The_page_links_what_can_be_checked()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var page = (await _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}")).Text;
        foreach (var route in new[] { "status.json", "view.json", "fields.json" })
        {
            Assert.Contains($"href=\"/p/{stored.VersionId}/{route}\"", page);
        }
    }

    private Task<Answer> GetAsync(StoredPassport stored, string what) =>
        _gateway.Anonymous.GetAnswerAsync($"/p/{stored.VersionId}/{what}");
}
