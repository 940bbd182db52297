using System.Text.Json;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class ListTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await _gateway.CreateTenantAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("/v1/documents", "document_id")]
    [InlineData("/v1/jobs", "job_id")]
    public async Task Pages_show_every_row_once_although_rows_come_in_between(string path, string id)
    {
        var before = await InsertAsync(7);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (
                await _tenant.Http.GetAnswerAsync($"{path}?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(id).GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
            await InsertAsync(1);
        }
        while (cursor is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.All(before, b => Assert.Contains(b.ToString(), seen));
    }

    [Fact]
    public async Task A_list_shows_nothing_of_other_tenants()
    {
        await InsertAsync(2);
        var stranger = (await _gateway.CreateTenantAsync()).Http;
        foreach (var path in new[]
        {
            "documents", "facts", "snapshots", "rule-packages", "battery-products", "passports", "jobs",
            "webhook-endpoints",
            "webhook-subscriptions", "webhook-deliveries",
        })
        {
            var page = (await stranger.GetAnswerAsync($"/v1/{path}")).Json;
            Assert.Equal(0, page.GetProperty("items").GetArrayLength());
            Assert.Equal(JsonValueKind.Null, page.GetProperty("next_cursor").ValueKind);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_list_is_refused()
    {
        await InsertAsync(2);
        var cursor = (await _tenant.Http.GetAnswerAsync("/v1/documents?limit=1"))["next_cursor"];
        var answer = await _tenant.Http.GetAnswerAsync($"/v1/snapshots?cursor={cursor}");
        Assert.Equal((422, "VALIDATION_ERROR"), (answer.Status, answer["code"]));
    }

    [Fact]
    public async Task Jobs_are_narrowed_by_status_type_and_error_code()
    {
        await InsertAsync(3);
        await _gateway.Database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, status, last_error) VALUES ($1, 'SIGN_PASSPORT', 'DEAD_LETTER',
                    '{"error_code": "SIGNING_KEY_MISSING"}')
            """, _tenant.Id);
        foreach (var (filter, count) in new[]
        {
            ("status=DEAD_LETTER", 1), ("type=SIGN_PASSPORT", 1), ("error_code=SIGNING_KEY_MISSING", 1), (
                "type=PARSE_FACTS", 3),
            ("type=PARSE_FACTS&status=DEAD_LETTER", 0),
        })
        {
            Assert.Equal(
                count, (await _tenant.Http.GetAnswerAsync($"/v1/jobs?{filter}")).Json.GetProperty("items")
                    .GetArrayLength());
        }
    }

    [Fact]
    public async Task The_versions_of_a_document_and_of_a_rule_package_are_found_again()
    {
        var passport = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        foreach (var (path, id, version) in new[]
        {
            ($"documents/{passport.DocumentId}", "document_version_id", passport.DocumentVersionId),
            ($"rule-packages/{passport.RulePackageId}", "rule_package_version_id", passport.RulePackageVersionId),
        })
        {
            var page = (await _tenant.Http.GetAnswerAsync($"/v1/{path}/versions")).Json;
            var only = Assert.Single(page.GetProperty("items").EnumerateArray());
            Assert.Equal((version, 1), (only.GetProperty(id).GetGuid(), only.GetProperty("version").GetInt32()));
        }
    }

    [Fact]
    public async Task A_passport_is_found_by_the_sku_and_serial_number_of_its_battery()
    {
        var mine = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var sku = $"SKU-{mine.BatteryProductId:n}";

        Assert.Equal([mine.BatteryProductId], await IdsAsync($"battery-products?sku={sku}", "battery_product_id"));
        Assert.Equal([mine.PassportId], await IdsAsync($"passports?sku={sku}", "passport_id"));
        Assert.Equal([mine.PassportId], await IdsAsync($"passports?sku={sku}&serial_number=SN-0001", "passport_id"));
        Assert.Empty(await IdsAsync($"passports?sku={sku}&serial_number=SN-0002", "passport_id"));
        Assert.Equal(422, (await _tenant.Http.GetAnswerAsync("/v1/passports?serial_number=SN-0001")).Status);
    }

    [Fact]
    public async Task The_facts_of_a_snapshot_are_listed_page_by_page_without_their_payloads()
    {
        var passport = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var snapshot = Guid.CreateVersion7();
        await _gateway.Database.ExecuteAsync(
            "INSERT INTO snapshots (snapshot_id, tenant_id) VALUES ($1, $2)", snapshot, _tenant.Id);
        var facts = Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7()).Order().ToList();
        foreach (var fact in facts)
        {
            await _gateway.Database.ExecuteAsync(
                """
                INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
                VALUES ($1, $2, $3, 'Component', $1::text, '{}', bpc_sha256('{}'))
                """, fact, _tenant.Id, passport.DocumentVersionId);
            await _gateway.Database.ExecuteAsync(
                "INSERT INTO snapshot_items (snapshot_id, fact_id, tenant_id) VALUES ($1, $2, $3)", snapshot, fact,
                _tenant.Id);
        }

        var first = (await _tenant.Http.GetAnswerAsync($"/v1/snapshots/{snapshot}/items?limit=2")).Json;
        var cursor = first.GetProperty("next_cursor").GetString();
        var second = (await _tenant.Http.GetAnswerAsync($"/v1/snapshots/{snapshot}/items?cursor={cursor}")).Json;

        var items = new[] { first, second }.SelectMany(p => p.GetProperty("items").EnumerateArray()).ToList();
        Assert.Equal(facts, items.Select(i => i.GetProperty("fact_id").GetGuid()));
        Assert.All(
            items, i => Assert.Equal(passport.DocumentVersionId, i.GetProperty("document_version_id").GetGuid()));
        Assert.All(items, i => Assert.False(i.TryGetProperty("payload", out _)));
        Assert.Equal(404, (await _tenant.Http.GetAnswerAsync($"/v1/snapshots/{Guid.NewGuid()}/items")).Status);
    }

    [Fact]
    public async Task A_fact_s_payload_stands_in_the_answer_as_its_stored_bytes()
    {
        var passport = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        const string payload = """{"name":"Zelle \"ä\" €","n":9007199254740991}""";
        await _gateway.Database.ExecuteAsync(
            """
            INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
            VALUES ($1, $2, $3, 'Component', 'component:SKU_1:A', convert_to($4, 'UTF8'), bpc_sha256($4))
            """, Guid.CreateVersion7(), _tenant.Id, passport.DocumentVersionId, payload);

        var found = await _tenant.Http.GetAnswerAsync(
            $"/v1/facts?document_version_id={passport.DocumentVersionId}&fact_key_prefix=component:SKU_");
        Assert.Equal(
            payload, Assert.Single(found.Json.GetProperty("items").EnumerateArray()).GetProperty("payload")
                .GetRawText());
        // The underscore is a character of the prefix and no pattern.
        var other = await _tenant.Http.GetAnswerAsync("/v1/facts?fact_key_prefix=component:SKUx");
        Assert.Equal(0, other.Json.GetProperty("items").GetArrayLength());
    }

    private async Task<List<Guid>> IdsAsync(string list, string id) =>
    [
        .. (await _tenant.Http.GetAnswerAsync($"/v1/{list}")).Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty(id).GetGuid()),
    ];

    /// <summary>As many documents and jobs, each pair under one id.</summary>
    private async Task<List<Guid>> InsertAsync(int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
        {
            await _gateway.Database.ExecuteAsync(
                "INSERT INTO documents (document_id, tenant_id, kind) VALUES ($1, $2, 'BOM')", id, _tenant.Id);
            await _gateway.Database.ExecuteAsync(
                "INSERT INTO jobs (job_id, tenant_id, type) VALUES ($1, $2, 'PARSE_FACTS')", id, _tenant.Id);
        }

        return ids;
    }
}
