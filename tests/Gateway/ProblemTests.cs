using System.Text;
using Bpc.Tests.Jobs;
using Npgsql;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class ProblemTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _http = (await _gateway.CreateTenantAsync()).Http;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_problem_has_every_member_and_the_correlation_id_that_was_sent()
    {
        var id = Guid.CreateVersion7();
        var answer = await _http.GetAnswerAsync($"/v1/jobs/{id}", ("X-Correlation-Id", "order-4711"));
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
        Assert.Equal("order-4711", answer.Header("X-Correlation-Id"));
        Assert.Equal(
            $$"""{"type":"urn:bpc:error:NOT_FOUND","title":"Not found","status":404,"detail":"job {{id}}","""
            + """ "code":"NOT_FOUND","retryable":false,"correlation_id":"order-4711"}""".TrimStart(),
            answer.Text);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("\"quoted\"")]
    [InlineData("")]
    public async Task A_malformed_correlation_id_is_replaced(string sent)
    {
        var answer = await _http.GetAnswerAsync("/v1/documents", ("X-Correlation-Id", sent));
        Assert.True(Guid.TryParse(answer.Header("X-Correlation-Id"), out _));
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "NOT_FOUND")]
    [InlineData("GET", "/v1/jobs/not-a-uuid", 404, "NOT_FOUND")]
    [InlineData("DELETE", "/v1/documents", 405, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/documents?limit=0", 422, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/documents?limit=201", 422, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/documents?limit=many", 422, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/documents?cursor=nonsense", 422, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/documents?cursor=ZG9jdW1lbnRzfHg", 422, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/jobs?status=dead_letter", 422, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/facts?fact_type=%00", 422, "VALIDATION_ERROR")]
    [InlineData("GET", "/v1/facts?document_version_id=x", 422, "VALIDATION_ERROR")]
    public async Task A_request_that_cannot_be_answered_says_why(string method, string path, int status, string code)
    {
        var answer = await _http.SendAsync(new HttpMethod(method), path, null);
        Assert.Equal((status, code), (answer.Status, answer["code"]));
        Assert.NotEmpty(answer["detail"]!);
        Assert.NotNull(answer.Header("X-Correlation-Id"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("x:99999")]
    [InlineData("a!b")]
    [InlineData("")]
    public async Task A_Host_that_is_no_name_of_a_host_makes_no_link_and_is_called_wrong(string host)
    {
        var passport = await StoredPassport.InsertAsync(_gateway.Database, (await _gateway.CreateTenantAsync()).Id);
        string[] paths =
        [
            "/.well-known/did.json", $"/p/{passport.VersionId}/qr.png?kind=link",
        ];
        foreach (var path in paths)
        {
            var answer = await _gateway.SendRawAsync(
                $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 422 ", answer);
            Assert.Contains("VALIDATION_ERROR", answer);
            Assert.Contains("Host header", answer);
        }
    }

    [Theory]
    [InlineData("cancel")] // what a statement_timeout does
    [InlineData("terminate")]
    public async Task A_statement_that_the_database_ended_may_be_tried_again(string how)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var holding = await _gateway.Database.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await holding.BeginTransactionAsync(ct);
        await using (var @lock = new NpgsqlCommand("LOCK TABLE document_versions IN ACCESS EXCLUSIVE MODE", holding))
        {
            await @lock.ExecuteNonQueryAsync(ct);
        }

        var asking = _http.GetAnswerAsync($"/v1/document-versions/{Guid.CreateVersion7()}");
        await JobRows.UntilAsync(
            async () => await _gateway.Database.ScalarAsync<bool?>(
                $"""
                SELECT bool_or(pg_{how}_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'bpc-gateway' AND wait_event_type = 'Lock'
                """) == true,
            "the query waits and is ended");

        var answer = await asking;
        Assert.Equal((503, "DB_UNAVAILABLE"), (answer.Status, answer["code"]));
        Assert.NotNull(answer.Header("Retry-After"));
        Assert.True(answer.Json.GetProperty("retryable").GetBoolean());
    }

    [Theory]
    [InlineData("/v1/documents")]
    [InlineData("/v1/audit/events")]
    [InlineData("/v1/api-keys")]
    [InlineData("/v1/nothing")]
    public async Task What_may_change_is_kept_in_no_cache(string path)
    {
        var answer = await _http.GetAnswerAsync(path);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal("same-origin", answer.Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", answer.Header("Cross-Origin-Resource-Policy"));
        Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
        Assert.Contains("default-src 'none'", answer.Header("Content-Security-Policy"));
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("""{"kind": NaN}""", "/kind")]
    [InlineData("""{"kind": "BOM", "external_ref": [{}, {"a": [1, 2, tru]}]}""", "/external_ref/1/a/2")]
    [InlineData("""{"kind": "BOM", "external_ref": {"a": 1, "a": 2}}""", "/external_ref/a")]
    [InlineData("""{"kind": "BOM", "external_ref": {"\ud800": 1}}""", "/external_ref")]
    [InlineData("""{"kind": 1e400}""", "/kind")]
    [InlineData("""{"kind": "BOM",}""", "/kind")]
    [InlineData("""{"kind": "BOM" /* the bill */}""", "/kind")]
    [InlineData("", "/kind")]
    [InlineData("[]", "")]
    [InlineData("""{"kind": "BOM", "colour": "red"}""", "/colour")]
    [InlineData("""{"kind": "BOM", "kind": "PCF"}""", "/kind")]
    [InlineData("""{"kind": 1}""", "/kind")]
    [InlineData("""{"kind": null}""", "/kind")]
    [InlineData("""{"kind": "Bill"}""", "/kind")]
    [InlineData("""{"Kind": "BOM"}""", "/Kind")]
    [InlineData("""{"kind": "BOM", "external_ref": "\u0000"}""", "/external_ref")]
    [InlineData("""{"kind": "BOM", "external_ref": "\ud800"}""", "/external_ref")]
    [InlineData("""{"kind": "BOM"} x""", "")]
    public async Task A_wrong_body_is_refused_with_its_place(string body, string where)
    {
        var answer = await _http.PostAsync("/v1/documents", body);
        Assert.Equal((422, "VALIDATION_ERROR"), (answer.Status, answer["code"]));
        Assert.Equal(where, answer.Json.GetProperty("violations")[0].GetProperty("where").GetString());
    }

    [Theory]
    [InlineData(15, "/kind", "expected text")]
    [InlineData(16, "/kind/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0", "depth")]
    [InlineData(100_000, "/kind/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0", "depth")]
    public async Task A_body_is_read_to_a_depth_and_refused_where_it_goes_deeper(int depth, string where, string why)
    {
        var body = $$"""{"kind": {{new string('[', depth)}}{{new string(']', depth)}}}""";
        var violation = (await _http.PostAsync("/v1/documents", body)).Json.GetProperty("violations")[0];
        Assert.Equal(where, violation.GetProperty("where").GetString());
        Assert.Contains(why, violation.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("""{"kind": "BOM", "external_ref": "\ud800"}""", "half of a surrogate pair")]
    [InlineData("""{"kind": "BOM", "kind": "PCF"}""", "twice")]
    [InlineData("""{"kind": "BOM", "external_ref": "\u0000"}""", "without U+0000")]
    public async Task What_is_wrong_is_called_what_it_is(string body, string why)
    {
        var answer = await _http.PostAsync("/v1/documents", body);
        Assert.Contains(why, answer.Json.GetProperty("violations")[0].GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("access-policies", """{"rules": {}}""", "/rules", "expected an array of objects")]
    [InlineData("access-policies", """{"rules": [3]}""", "/rules/0", "expected an object")]
    [InlineData("snapshots/ID/items", """{"fact_ids": "x"}""", "/fact_ids", "expected an array of UUIDs")]
    [InlineData("snapshots/ID/items", """{"fact_ids": [null]}""", "/fact_ids/0", "null; expected a UUID")]
    [InlineData("snapshots/ID/items", """{"fact_ids": ["x"]}""", "/fact_ids/0", "expected a UUID")]
    public async Task An_array_is_refused_at_its_first_wrong_element(string path, string body, string where, string why)
    {
        var answer = await _http.PostAsync($"/v1/{path.Replace("ID", $"{Guid.CreateVersion7()}")}", body);
        var violation = answer.Json.GetProperty("violations")[0];
        Assert.Equal(
            (422, where, why),
            (answer.Status, violation.GetProperty("where").GetString(), violation.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"60\"")]
    [InlineData("\"NaN\"")]
    [InlineData("1e400")]
    [InlineData("60.0")]
    [InlineData("6e1")]
    public async Task A_number_is_a_whole_one_and_no_text(string seconds)
    {
        var answer = await _http.PostAsync(
            $"/v1/jobs/{Guid.CreateVersion7()}/snooze", $$"""{"seconds": {{seconds}}}""");
        Assert.Equal(
            (422, "/seconds"),
            (answer.Status, answer.Json.GetProperty("violations")[0].GetProperty("where").GetString()));
    }

    [Fact]
    public async Task Of_very_many_wrong_members_some_are_named_and_long_names_are_cut()
    {
        var names = string.Join(',', Enumerable.Range(0, 5000).Select(n => $"\"{n}{new string('x', 40)}\": 0"));
        var many = await _http.PostAsync("/v1/snapshots", $"{{{names}}}");
        Assert.Equal((422, 50), (many.Status, many.Json.GetProperty("violations").GetArrayLength()));

        var one = await _http.PostAsync("/v1/snapshots", $$"""{"{{new string('x', 200_000)}}": 0}""");
        Assert.Equal(422, one.Status);
        Assert.InRange(one.Bytes.Length, 100, 2000);
    }

    [Fact]
    public async Task A_route_without_a_body_refuses_members_it_would_not_read()
    {
        var path = $"/v1/snapshots/{Guid.CreateVersion7()}/seal";
        Assert.Equal(404, (await _http.PostAsync(path, "{}")).Status);
        Assert.Equal(404, (await _http.PostAsync(path)).Status);
        var answer = await _http.PostAsync(path, """{"force": true}""");
        Assert.Equal(
            (422, "/force"),
            (answer.Status, answer.Json.GetProperty("violations")[0].GetProperty("where").GetString()));
    }

    [Fact]
    public async Task Everything_wrong_with_a_body_is_said_at_once()
    {
        var answer = await _http.PostAsync("/v1/passports", """{"battery_product_id": "x", "serial": "1", "a/b": 2}""");
        Assert.Equal(
            ["/battery_product_id", "/serial", "/a~1b", "/serial_number"],
            answer.Json.GetProperty("violations").EnumerateArray().Select(v => v.GetProperty("where").GetString()));
    }

    [Fact]
    public async Task Text_that_is_not_JSON_and_compressed_bodies_are_not_supported()
    {
        using var text = new StringContent("kind=BOM", Encoding.UTF8, "text/plain");
        Assert.Equal(415, (await _http.SendAsync(HttpMethod.Post, "/v1/documents", text)).Status);

        using var compressed = new ByteArrayContent([1, 2, 3]);
        compressed.Headers.ContentEncoding.Add("gzip");
        compressed.Headers.ContentType = new("application/json");
        Assert.Equal(415, (await _http.SendAsync(HttpMethod.Post, "/v1/documents", compressed)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_route_s_limit_is_too_large(bool chunked)
    {
        using var body = new StringContent(
            $$"""{"label": "{{new string('x', 300_000)}}"}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/snapshots") { Content = body };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)response.StatusCode);
        Assert.Contains(
            "PAYLOAD_LIMIT", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_document_of_ten_MiB_is_taken_and_one_byte_more_is_not()
    {
        var document = (await _http.PostAsync("/v1/documents", """{"kind": "OTHER"}"""))["document_id"];
        Assert.Equal(201, (await UploadAsync(document!, 10 * 1024 * 1024)).Status);
        var answer = await UploadAsync(document!, 10 * 1024 * 1024 + 1);
        Assert.Equal((413, "PAYLOAD_LIMIT"), (answer.Status, answer["code"]));
    }

    private Task<Answer> UploadAsync(string document, int bytes) => _http.PostAsync(
        $"/v1/documents/{document}/versions",
        $$"""{"mime_type": "application/json", "content": "{{Convert.ToBase64String(new byte[bytes])}}"}""");
}
