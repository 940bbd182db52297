using System.Runtime.CompilerServices;
using Bpc.Core.Audit;
using Npgsql;

namespace Bpc.Grains.Audit;

/// <summary>Reads a tenant's audit trail row by row, in one unchanging view of the database.</summary>
internal sealed class AuditReader(NpgsqlConnection connection, Guid tenantId)
{
    private const string Event = """
        e.tenant_id, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.event_type, e.occurred_at, e.actor_id,
        e.payload, e.payload_hash, e.prev_event_hash, e.event_hash
        """;

    /// <summary>How many events and links there are.</summary>
    public Task<long> CountAsync(CancellationToken ct) => ScalarAsync(
        """
        SELECT (SELECT count(*) FROM events WHERE tenant_id = $1)
             + (SELECT count(*) FROM audit_links WHERE tenant_id = $1)
        """,
        ct);

    /// <summary>Events that are not linked yet.</summary>
    public Task<long> WaitingAsync(CancellationToken ct) =>
        ScalarAsync("SELECT count(*) FROM audit_queue WHERE tenant_id = $1", ct);

    /// <summary>The first event that neither is linked nor waits to be; 0 where there is none.</summary>
    public Task<long> StrayAsync(CancellationToken ct) => ScalarAsync(
        """
        SELECT coalesce(min(e.event_id), 0) FROM events e
         WHERE e.tenant_id = $1 AND NOT EXISTS (SELECT FROM audit_links l WHERE l.event_id = e.event_id)
           AND NOT EXISTS (SELECT FROM audit_queue q WHERE q.event_id = e.event_id)
        """,
        ct);

    /// <summary>The first event that waits to be linked and is gone; 0 where there is none.</summary>
    public Task<long> LostAsync(CancellationToken ct) => ScalarAsync(
        """
        SELECT coalesce(min(q.event_id), 0) FROM audit_queue q
         WHERE q.tenant_id = $1 AND NOT EXISTS (SELECT FROM events e WHERE e.event_id = q.event_id)
        """,
        ct);

    /// <summary>The links by position, each with its event.</summary>
    public async IAsyncEnumerable<AuditLink> LinksAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command($"""
            SELECT {Event}, l.position, l.event_id, l.event_hash, l.link_hash
              FROM audit_links l LEFT JOIN events e ON e.event_id = l.event_id AND e.tenant_id = l.tenant_id
             WHERE l.tenant_id = $1 ORDER BY l.position
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            yield return new(
                row.GetInt64(11), row.GetInt64(12), row.GetString(13), row.GetString(14),
                row.IsDBNull(0) ? null : Read(row));
        }
    }

    /// <summary>The events by aggregate and version.</summary>
    public async IAsyncEnumerable<AuditEvent> EventsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command($"""
            SELECT {Event} FROM events e
             WHERE e.tenant_id = $1 ORDER BY e.aggregate_type, e.aggregate_id, e.aggregate_version
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            yield return Read(row);
        }
    }

    private static AuditEvent Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetInt64(3), row.GetString(4), row.GetDateTime(5),
        row.GetString(6), row.GetString(7), row.GetString(8), row[9] as string, row.GetString(10));

    private async Task<long> ScalarAsync(string sql, CancellationToken ct)
    {
        await using var command = Command(sql);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private NpgsqlCommand Command(string sql) =>
        new(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = tenantId } } };
}
