using System.Text;
using Bpc.Core.Audit;
using Bpc.Core.Canonical;
using Bpc.Tests.Database;

namespace Bpc.Tests.Audit;

/// <summary>The chain is made by SQL and verified by C#: both must mean the same bytes.</summary>
[Trait("Category", "Integration")]
public sealed class AppendEventTests(PostgresServer postgres)
{
    private static readonly string[] s_actors =
    [
        "api_key:3f2a", "é ü ß 電池 🔋", "\"quoted\" \\back\\slash/",
        "line\nbreak\r\ttab\b\f", "\u0001\u001f\u007f\u0080\u2028\uFEFF",
        "<script>&amp;'", "{\"a\":1}", "\u00e9 or e\u0301", new('x', 200),
    ];

    [Fact]
    public async Task The_database_and_the_verifier_agree_on_every_hash()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (tenant, aggregate) = (await database.CreateTenantAsync(), Guid.CreateVersion7());
        foreach (var actor in s_actors)
        {
            var payload = Encoding.UTF8.GetString(CanonicalJson.Write(JsonValue.Object(
                ("said", actor), (actor, JsonValue.Array(1, false, JsonValue.Null.Value)))));
            await database.ScalarAsync<long>(
                "SELECT append_event($1, 'rule_package', $2, 'rule_package.published', $3, $4)",
                tenant, aggregate, actor, payload);
        }

        var events = await ReadAsync(database, aggregate);

        Assert.Equal(s_actors, events.Select(row => row.ActorId));
        Assert.All(events, row => Assert.Equal(EventChain.Hash(row), row.Hash));
        Assert.Null(EventChain.Verify(events));
    }

    [Fact]
    public async Task Events_appended_together_form_the_chains_they_would_form_one_by_one()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        Guid[] aggregates = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        foreach (var steps in new string[][] { ["created", "sealed", "used", "used"], ["shown"] })
        {
            // The first aggregate's all, and one of the second between them.
            Guid[] of = [aggregates[0], aggregates[1], .. steps[1..].Select(_ => aggregates[0])];
            string[] types = [$"snapshot.{steps[0]}", "snapshot.other", .. steps[1..].Select(s => $"snapshot.{s}")];
            await database.ScalarAsync<long>(
                """
                SELECT append_events(array_fill($1, n), array_fill('snapshot'::text, n), $2, $3,
                                     array_fill('test'::text, n), array_fill('{}'::text, n), array_fill(NULL::text, n),
                                     array_fill(NULL::text, n))
                  FROM (SELECT ARRAY[cardinality($2)]) c (n)
                """,
                tenant, of, types);
        }

        var (first, second) = (await ReadAsync(database, aggregates[0]), await ReadAsync(database, aggregates[1]));

        Assert.Equal(
            ["snapshot.created", "snapshot.sealed", "snapshot.used", "snapshot.used", "snapshot.shown"],
            first.Select(row => row.EventType));
        Assert.Equal(2, second.Count);
        Assert.Null(EventChain.Verify(first));
        Assert.Null(EventChain.Verify(second));
        Assert.Equal(7L, await database.ScalarAsync<long>("SELECT count(*) FROM audit_queue"));
    }

    [Fact]
    public async Task A_row_changed_in_the_database_is_found()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (tenant, aggregate) = (await database.CreateTenantAsync(), Guid.CreateVersion7());
        foreach (var step in new[] { "created", "sealed", "used" })
        {
            await database.ScalarAsync<long>(
                "SELECT append_event($1, 'snapshot', $2, 'snapshot.' || $3, 'test', '{}')", tenant, aggregate, step);
        }

        Assert.Null(EventChain.Verify(await ReadAsync(database, aggregate)));

        // Whoever owns the table can switch its guards off: the chain is what tells.
        await database.ExecuteAsync("ALTER TABLE events DISABLE TRIGGER USER");
        await database.ExecuteAsync(
            "UPDATE events SET actor_id = 'nobody' WHERE aggregate_id = $1 AND aggregate_version = 2", aggregate);

        Assert.Equal(
            new(2, "it was changed: its hash is another"), EventChain.Verify(await ReadAsync(database, aggregate)));
    }

    private static async Task<List<AuditEvent>> ReadAsync(TestDatabase database, Guid aggregate)
    {
        const string sql = """
            SELECT tenant_id, aggregate_type, aggregate_id, aggregate_version, event_type, occurred_at, actor_id,
                   payload, payload_hash, prev_event_hash, event_hash
              FROM events WHERE aggregate_id = $1 ORDER BY aggregate_version
            """;
        await using var command = database.DataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = aggregate });
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var events = new List<AuditEvent>();
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
        {
            events.Add(new(
                row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetInt64(3), row.GetString(4), row.GetDateTime(5),
                row.GetString(6), row.GetString(7), row.GetString(8), row[9] as string, row.GetString(10)));
        }

        return events;
    }
}
