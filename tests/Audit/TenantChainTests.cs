using Bpc.Core.Audit;
using Bpc.Grains.Audit;
using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;
using Bpc.Tests.Jobs;
using Bpc.Tests.Slices;
using Npgsql;

namespace Bpc.Tests.Audit;

/// <summary>The chain of all events of a tenant, and every way to tamper with it.</summary>
[Trait("Category", "Integration")]
public sealed class TenantChainTests(PostgresServer postgres)
{
    private const string Append =
        "SELECT append_event($1, 'snapshot', md5($2)::uuid, 'snapshot.' || $3, 'test', '{}')";

    // What is done to a chain of nine events (three aggregates in turn), and what is said of it.
    public static TheoryData<string, string> Tampering => new()
    {
        { "UPDATE events SET actor_id = 'nobody' WHERE event_id = 5", "position 5, .*: it was changed" },
        { "UPDATE events SET payload = '{\"a\":1}' WHERE event_id = 5", "position 5, .*: its payload was changed" },
        {
            "UPDATE events SET event_hash = repeat('0', 64) WHERE event_id = 9", "position 9, .*: it was changed"
        },
        { "DELETE FROM events WHERE event_id = 9", "position 9, .*: its event is gone" },
        {
            """
            WITH gone AS (DELETE FROM events WHERE event_id = 9 RETURNING 1)
            DELETE FROM audit_links WHERE event_id = 8
            """,
            "position 9, .*: position 8 is missing before it"
        },
        {
            """
            WITH gone AS (DELETE FROM events WHERE aggregate_id = md5('b')::uuid RETURNING event_id)
            DELETE FROM audit_links WHERE event_id IN (SELECT event_id FROM gone)
            """,
            "position 3, .*: position 2 is missing before it"
        },
        {
            """
            WITH gone AS (DELETE FROM events WHERE aggregate_id = md5('b')::uuid RETURNING event_id),
                 cut AS (DELETE FROM audit_links WHERE event_id IN (SELECT event_id FROM gone))
            UPDATE audit_links l SET position = m.n
              FROM (SELECT event_id, row_number() OVER (ORDER BY event_id) AS n FROM audit_links
                     WHERE event_id NOT IN (SELECT event_id FROM events WHERE aggregate_id = md5('b')::uuid)) m
             WHERE l.event_id = m.event_id AND l.position <> m.n
            """,
            "position 2, .*: the link was changed or moved"
        },
        {
            """
            UPDATE audit_links l SET event_id = o.event_id, event_hash = o.event_hash
              FROM audit_links o WHERE (l.position, o.position) IN ((4, 7), (7, 4))
            """,
            "position 4, .*: the link was changed or moved"
        },
        {
            """
            INSERT INTO events (tenant_id, aggregate_type, aggregate_id, aggregate_version, event_type, occurred_at,
                                actor_id, payload, payload_hash, prev_event_hash, event_hash)
            SELECT tenant_id, 'snapshot', md5('x')::uuid, 1, event_type, occurred_at, actor_id, payload, payload_hash,
                   NULL, event_hash FROM events WHERE event_id = 1
            """,
            "an event .*: it was changed"
        },
        {
            """
            SELECT append_event(tenant_id, 'snapshot', md5('x')::uuid, 'snapshot.created', 'nobody', '{}') FROM tenants
            """,
            "event 10: it is in no link"
        },
        { "INSERT INTO audit_queue SELECT 4711, tenant_id FROM tenants", "event 4711: .* is gone" },
    };

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task Tampering_is_found_and_the_first_broken_link_is_named(string tampering, string found)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await ChainAsync(database);
        Assert.Null((await VerifyAsync(database, tenant)).Broken);

        await database.ExecuteAsync("ALTER TABLE audit_links DROP CONSTRAINT audit_links_event_id_key");
        await database.ExecuteAsync(
            """
            ALTER TABLE audit_links DROP CONSTRAINT audit_links_pkey,
              ADD PRIMARY KEY (tenant_id, position) DEFERRABLE INITIALLY DEFERRED
            """);
        Assert.NotEqual(0, await database.TamperAsync(tampering)); // -1: what it answers are rows

        var broken = (await VerifyAsync(database, tenant)).Broken;
        Assert.NotNull(broken);
        Assert.Matches($"^{found}", $"{broken.Where}: {broken.Reason}");
    }

    [Fact]
    public async Task An_event_rewritten_with_a_fitting_hash_is_not_the_one_that_was_linked()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await ChainAsync(database);
        var last = (await new AuditReaderOf(database, tenant).EventsAsync()).Last();
        var forged = last with { ActorId = "nobody" };

        await database.TamperAsync(
            "UPDATE events SET actor_id = $1, event_hash = $2 WHERE event_hash = $3",
            forged.ActorId, EventChain.Hash(forged), last.Hash);

        Assert.Equal(
            "its event is another than the one that was linked", (await VerifyAsync(database, tenant)).Broken!.Reason);
    }

    [Fact]
    public async Task A_tail_cut_off_and_a_chain_written_anew_are_found_by_a_head_kept_elsewhere()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await ChainAsync(database);
        var kept = (await VerifyAsync(database, tenant)).Head;
        Assert.Equal(9, kept.Position);

        await database.TamperAsync("DELETE FROM events WHERE event_id > 7");
        await database.TamperAsync("DELETE FROM audit_links WHERE event_id > 7");
        Assert.Null((await VerifyAsync(database, tenant)).Broken); // nothing in here tells
        var cut = (await VerifyAsync(database, tenant, kept)).Broken!;
        Assert.Equal("the end of the chain", cut.Where);
        Assert.Contains("position 7; the kept head is at 9", cut.Reason);

        await database.ExecuteAsync(Append, tenant, "d", "created");
        await database.ExecuteAsync(Append, tenant, "e", "created");
        await LinkAsync(database);
        Assert.Contains("written anew", (await VerifyAsync(database, tenant, kept)).Broken!.Reason);
    }

    [Fact]
    public async Task An_event_that_commits_late_is_linked_all_the_same_and_holds_up_nobody()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var ct = TestContext.Current.CancellationToken;
        await using var late = await database.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await late.BeginTransactionAsync(ct);
        await using (var append = new NpgsqlCommand(Append, late))
        {
            foreach (var value in new object[] { tenant, "a", "created" })
            {
                append.Parameters.Add(new() { Value = value });
            }

            await append.ExecuteNonQueryAsync(ct);
        }

        await database.ExecuteAsync(Append, tenant, "b", "created");
        Assert.Equal(1, await LinkAsync(database));
        await transaction.CommitAsync(ct);
        Assert.Equal(1, await LinkAsync(database));

        var report = await VerifyAsync(database, tenant);
        Assert.Equal((2, 0, null), (report.Events, report.Waiting, report.Broken));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT position FROM audit_links WHERE event_id = 1"));
    }

    [Fact]
    public async Task Many_writers_at_once_make_one_chain()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var n = 0; n < 25; n++)
            {
                await database.ExecuteAsync(Append, tenant, $"{(writer + n) % 5}", "changed");
                await LinkAsync(database);
            }
        }));
        await LinkAsync(database);

        var report = await VerifyAsync(database, tenant);
        Assert.Equal((200, 0, null), (report.Events, report.Waiting, report.Broken));
    }

    [Fact]
    public async Task A_silo_links_what_happens_and_the_command_verifies_it()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await silo.UploadAsync();
        await silo.IdleAsync();
        await JobRows.UntilAsync(async () => await silo.CountAsync("audit_queue") == 0, "everything is linked");
        var ct = TestContext.Current.CancellationToken;

        var head = await ChildProcess.RunAsync(ChildProcess.Bpc, ["audit", "head"], silo.Database.Variables, ct);
        var file = Path.GetTempFileName();
        string[] verify = ["audit", "verify", "--json", "--head", file];
        var gone = Guid.CreateVersion7();
        var hash = new string('0', 64);
        var more = $$"""{{head.Output}}{"tenant_id": "{{gone}}", "position": 3, "link_hash": "{{hash}}"}""";
        await File.WriteAllTextAsync(file, more, ct);
        var missing = await ChildProcess.RunAsync(
            ChildProcess.Bpc, ["audit", "verify", "--head", file], silo.Database.Variables, ct);
        await File.WriteAllTextAsync(file, head.Output, ct);
        var holds = await ChildProcess.RunAsync(ChildProcess.Bpc, verify, silo.Database.Variables, ct);
        await silo.Database.TamperAsync("DELETE FROM events WHERE aggregate_type = 'document'");
        var broken = await ChildProcess.RunAsync(ChildProcess.Bpc, verify[..2], silo.Database.Variables, ct);
        File.Delete(file);

        Assert.Equal(1, missing.ExitCode);
        Assert.EndsWith($"BROKEN {gone}: the tenant: a head of it was kept, and it is gone\n", missing.Output);
        Assert.Equal(0, holds.ExitCode);
        Assert.Contains("\"verified\":true", holds.Output);
        Assert.Equal(1, broken.ExitCode);
        Assert.Matches("^BROKEN tenant-[0-9a-f]{32}: position 1, event [0-9]+: its event is gone\n$", broken.Output);
    }

    private static async Task<Guid> ChainAsync(TestDatabase database)
    {
        var tenant = await database.CreateTenantAsync();
        foreach (var step in new[] { "created", "changed", "sealed" })
        {
            foreach (var aggregate in new[] { "a", "b", "c" })
            {
                await database.ExecuteAsync(Append, tenant, aggregate, step);
            }
        }

        Assert.Equal(9, await LinkAsync(database));
        return tenant;
    }

    private static Task<int> LinkAsync(TestDatabase database) =>
        database.ScalarAsync<int>("SELECT link_events(1000)");

    private static Task<AuditReport> VerifyAsync(TestDatabase database, Guid tenant, AuditHead? kept = null) =>
        new AuditVerifier(database.DataSource).VerifyAsync(
            tenant, kept, (_, _) => { }, TestContext.Current.CancellationToken);

    private sealed record AuditReaderOf(TestDatabase Database, Guid Tenant)
    {
        public async Task<List<AuditEvent>> EventsAsync()
        {
            await using var connection = await Database.DataSource.OpenConnectionAsync();
            var events = new List<AuditEvent>();
            await foreach (var row in new AuditReader(connection, Tenant)
                .EventsAsync(TestContext.Current.CancellationToken))
            {
                events.Add(row);
            }

            return events;
        }
    }
}
