using System.Text.Json;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class ExplainTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;
    private StoredPassport _passport = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await _gateway.CreateTenantAsync();
        _passport = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var fact = Guid.CreateVersion7();
        // The sample's fact has a hash of its own making, and the snapshot is sealed: the triggers would refuse both.
        await _gateway.Database.ExecuteAsync(
            $$"""
            SET session_replication_role = replica;
            INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
            VALUES ('{{fact}}', '{{_tenant.Id}}', '{{_passport.DocumentVersionId}}', 'Battery', 'battery:SKU-İ1', '{}',
                    '{{new string('8', 64)}}');
            INSERT INTO snapshot_items (snapshot_id, fact_id, tenant_id)
            VALUES ('{{_passport.SnapshotId}}', '{{fact}}', '{{_tenant.Id}}');
            SET session_replication_role = origin;
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_value_leads_down_to_the_document_version_its_fact_comes_from()
    {
        var explained = (await GetAsync("?field=battery.capacity_kwh")).Json;

        Assert.Equal("75.500", explained.GetProperty("value").GetString());
        Assert.Equal("kWh", explained.GetProperty("unit").GetString());
        Assert.Equal(
            ["OP", "FACT_GET", "CONST"],
            explained.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("type").GetString()));
        var fact = Assert.Single(explained.GetProperty("facts").EnumerateArray());
        Assert.Equal(
            _passport.DocumentVersionId, fact.GetProperty("document").GetProperty("document_version_id").GetGuid());
        Assert.Equal(1, fact.GetProperty("document").GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task The_same_is_a_tree_for_a_person()
    {
        var answer = await GetAsync("?field=battery.capacity_kwh&format=text");
        Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
        Assert.StartsWith("battery.capacity_kwh = 75.500 kWh   (public, ", answer.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"from OTHER, version 1, document version {_passport.DocumentVersionId}", answer.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_value_says_why_and_checks_are_explained_too()
    {
        var missing = (await GetAsync("?field=carbon.intensity")).Json;
        Assert.Equal("MISSING", missing.GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Null, missing.GetProperty("value").ValueKind);
        var check = (await GetAsync("?field=capacity_positive")).Json;
        Assert.Equal("PASS", check.GetProperty("outcome").GetString());
        Assert.Contains(
            check.GetProperty("steps").EnumerateArray(),
            step => step.GetProperty("says").GetString() == "field battery.capacity_kwh");
    }

    [Fact]
    public async Task Without_a_field_all_names_are_listed()
    {
        var names = (await GetAsync("")).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            [
                "battery.capacity_kwh", "battery.hazards", "battery.made.place", "capacity_positive",
                "carbon.intensity", "report",
            ],
            names.Select(name => name.GetProperty("name").GetString()));
        Assert.Contains("carbon.intensity: MISSING\n", (await GetAsync("?format=text")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_or_not_asked_rightly_is_said()
    {
        Assert.Equal("NOT_FOUND", (await GetAsync("?field=nope"))["code"]);
        Assert.Equal("VALIDATION_ERROR", (await GetAsync("?format=xml"))["code"]);
    }

    private Task<Answer> GetAsync(string query) =>
        _tenant.Http.GetAnswerAsync($"/v1/passport-versions/{_passport.VersionId}/explain{query}");
}
