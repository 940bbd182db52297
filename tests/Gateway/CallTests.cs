namespace Bpc.Tests.Gateway;

/// <summary>The calls that write, through real grains.</summary>
[Trait("Category", "Integration")]
public sealed class CallTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await _gateway.CreateTenantAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_quickstart_s_upload_answers_with_a_version_and_enqueues_PARSE_FACTS()
    {
        var document = (await _tenant.Http.PostAsync("/v1/documents", """{"kind": "BOM"}"""))["document_id"];
        var version = await _tenant.Http.PostAsync(
            $"/v1/documents/{document}/versions", """{"mime_type": "application/json", "content": "e30="}""");
        Assert.Equal((201, "UPLOADED"), (version.Status, version["status"]));
        Assert.Equal($"/v1/document-versions/{version["document_version_id"]}", version.Header("Location"));
        Assert.Equal(200, (await _tenant.Http.GetAnswerAsync(version.Header("Location")!)).Status);
        var job = await _tenant.Http.GetAnswerAsync($"/v1/jobs/{version["job_id"]}");
        Assert.Equal("PARSE_FACTS", job["type"]); // by now it may have run
        Assert.Equal(
            version["document_version_id"], job.Json.GetProperty("payload").GetProperty("document_version_id")
                .GetString());
        var content = await _tenant.Http.GetAnswerAsync($"{version.Header("Location")}/content");
        Assert.Equal(("{}", "application/json"), (content.Text, content.Header("Content-Type")));
    }

    [Fact]
    public async Task The_quickstart_s_snapshot_is_created_filled_and_sealed()
    {
        var passport = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var fact = Guid.CreateVersion7();
        await _gateway.Database.ExecuteAsync(
            """
            INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
            VALUES ($1, $2, $3, 'Battery', 'battery:SKU-1', '{}', bpc_sha256('{}'))
            """, fact, _tenant.Id, passport.DocumentVersionId);

        var snapshot = await _tenant.Http.PostAsync("/v1/snapshots", """{"label": "Battery Snapshot 2025-Q1"}""");
        Assert.Equal((201, "BUILDING"), (snapshot.Status, snapshot["status"]));
        var path = $"/v1/snapshots/{snapshot["snapshot_id"]}";
        var filled = await _tenant.Http.PostAsync($"{path}/items", $$"""{"fact_ids": ["{{fact}}"]}""");
        Assert.Equal((200, 1), (filled.Status, filled.Json.GetProperty("items").GetInt32()));
        var sealed_ = await _tenant.Http.PostAsync($"{path}/seal");
        Assert.Equal((200, "SEALED", 64), (sealed_.Status, sealed_["status"], sealed_["snapshot_hash"]!.Length));
        Assert.Equal(sealed_["snapshot_hash"], (await _tenant.Http.GetAnswerAsync(path))["snapshot_hash"]);

        var late = await _tenant.Http.PostAsync($"{path}/items", $$"""{"fact_ids": ["{{fact}}"]}""");
        Assert.Equal((409, "SNAPSHOT_SEALED"), (late.Status, late["code"]));
    }

    [Fact]
    public async Task Compiling_answers_with_a_job_or_with_why_not()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var body =
            $$"""
            {"snapshot_id": "{{stored.SnapshotId}}", "rule_package_version_id": "{{stored.RulePackageVersionId}}"}
            """;
        var job = await _tenant.Http.PostAsync($"/v1/passports/{stored.PassportId}/compile", body);
        Assert.Equal((202, "QUEUED", $"/v1/jobs/{job["job_id"]}"), (job.Status, job["status"], job.Header("Location")));

        var open = (await _tenant.Http.PostAsync("/v1/snapshots", "{}"))["snapshot_id"];
        var refused = await _tenant.Http.PostAsync(
            $"/v1/passports/{stored.PassportId}/compile",
            $$"""{"snapshot_id": "{{open}}", "rule_package_version_id": "{{stored.RulePackageVersionId}}"}""");
        Assert.Equal((409, "SNAPSHOT_NOT_SEALED"), (refused.Status, refused["code"]));
    }

    [Fact]
    public async Task Rules_are_deprecated_with_a_warning_and_retired_with_a_refusal()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
        var rules = $"/v1/rule-package-versions/{stored.RulePackageVersionId}";
        var body =
            $$"""
            {"snapshot_id": "{{stored.SnapshotId}}", "rule_package_version_id": "{{stored.RulePackageVersionId}}"}
            """;

        var deprecated = await _tenant.Http.PostAsync($"{rules}/deprecate", """{"reason": "see 2027.2"}""");
        var warned = await _tenant.Http.PostAsync($"/v1/passports/{stored.PassportId}/compile", body);
        var retired = await _tenant.Http.PostAsync($"{rules}/retire", """{"reason": "Annex XIII was amended"}""");
        var refused = await _tenant.Http.PostAsync($"/v1/passports/{stored.PassportId}/compile", body);
        var version = await _tenant.Http.GetAnswerAsync(rules);

        Assert.Equal((200, "DEPRECATED"), (deprecated.Status, deprecated["status"]));
        Assert.Equal(202, warned.Status);
        Assert.EndsWith("is DEPRECATED: see 2027.2", warned["warning"]);
        Assert.Equal((200, "RETIRED"), (retired.Status, retired["status"]));
        Assert.Equal((409, "INVALID_STATE"), (refused.Status, refused["code"]));
        Assert.Contains("is RETIRED: Annex XIII was amended", refused["detail"]);
        Assert.Equal(("RETIRED", "Annex XIII was amended"), (version["status"], version["status_reason"]));
        Assert.True(DateTime.Parse(version["deprecated_at"]!) <= DateTime.Parse(version["retired_at"]!));
        Assert.Equal(422, (await _tenant.Http.PostAsync($"{rules}/retire", """{"reason": ""}""")).Status);
    }

    [Fact]
    public async Task A_signed_version_is_activated_and_revoked()
    {
        var stored = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id, "SIGNED");
        var path = $"/v1/passport-versions/{stored.VersionId}";
        var active = await _tenant.Http.PostAsync($"{path}/activate");
        Assert.Equal((200, "ACTIVE"), (active.Status, active["status"]));
        Assert.Equal(stored.VersionId.ToString(), active["passport_version_id"]);

        var revoked = await _tenant.Http.PostAsync($"{path}/revoke", """{"reason": "recalled"}""");
        Assert.Equal((200, "REVOKED"), (revoked.Status, revoked["status"]));
        Assert.Equal("recalled", (await _tenant.Http.GetAnswerAsync(path))["revoke_reason"]);
        var again = await _tenant.Http.PostAsync($"{path}/activate");
        Assert.Equal((409, "INVALID_STATE"), (again.Status, again["code"]));
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_the_first_answer_and_another_body_is_a_conflict()
    {
        var key = ("Idempotency-Key", "order-4711");
        var first = await _tenant.Http.PostAsync("/v1/documents", """{"kind": "BOM"}""", key);
        var second = await _tenant.Http.PostAsync("/v1/documents", """{"kind": "BOM"}""", key);
        Assert.Equal((201, 201), (first.Status, second.Status));
        Assert.Equal(first["document_id"], second["document_id"]);
        Assert.Equal(1L, await _gateway.Database.ScalarAsync<long>(
            "SELECT count(*) FROM documents WHERE tenant_id = $1", _tenant.Id));

        var other = await _tenant.Http.PostAsync("/v1/documents", """{"kind": "PCF"}""", key);
        Assert.Equal((409, "IDEMPOTENCY_CONFLICT"), (other.Status, other["code"]));
        var elsewhere = await _tenant.Http.PostAsync("/v1/snapshots", "{}", key);
        Assert.Equal((409, "IDEMPOTENCY_CONFLICT"), (elsewhere.Status, elsewhere["code"]));
        Assert.Equal(
            422, (await _tenant.Http.PostAsync("/v1/documents", """{"kind": "BOM"}""", ("Idempotency-Key", "a b")))
                .Status);
    }

    [Fact]
    public async Task A_write_stands_in_the_audit_log_with_its_actor()
    {
        var document = (await _tenant.Http.PostAsync("/v1/documents", """{"kind": "BOM"}"""))["document_id"];
        var events = (await _tenant.Http.GetAnswerAsync($"/v1/audit/events?aggregate_id={document}"))
            .Json.GetProperty("items");
        var written = Assert.Single(events.EnumerateArray());
        Assert.StartsWith("api_key:", written.GetProperty("actor_id").GetString());
        Assert.Equal("BOM", written.GetProperty("payload").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_trace_goes_on_in_the_job_it_caused()
    {
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var document = (await _tenant.Http.PostAsync("/v1/documents", """{"kind": "BOM"}"""))["document_id"];
        var version = await _tenant.Http.PostAsync(
            $"/v1/documents/{document}/versions", """{"mime_type": "application/json", "content": "e30="}""",
            ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"));
        Assert.Contains(trace, (await _tenant.Http.GetAnswerAsync($"/v1/jobs/{version["job_id"]}"))["traceparent"]);
    }
}
