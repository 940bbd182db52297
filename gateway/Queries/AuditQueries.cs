using System.ComponentModel;
using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads the events of a tenant, newest first.</summary>
internal sealed class AuditQueries(GatewayDatabase database)
{
    private const string FromId = """
        AND (@after::bigint IS NULL OR e.event_id < @after::bigint)
        ORDER BY e.event_id DESC
        """;

    // Without OR, which no index can begin at, and without coalesce, which row-level security takes for a leak.
    private const string FromTime = """
        AND e.occurred_at >= @Since AND e.occurred_at < @Until
        AND (e.occurred_at, e.event_id)
            < (split_part(@after, '|', 1)::timestamptz, split_part(@after, '|', 2)::bigint)
        ORDER BY e.occurred_at DESC, e.event_id DESC
        """;

    public async Task<Page<EventRow>> EventsAsync(
        Guid tenantId, EventFilter filter, PageRequest page, CancellationToken ct)
    {
        // Within a time by time, or the index would be read from today back to it. Nobody goes on in one order with the
        // other's cursor.
        var byTime = filter.Since is not null || filter.Until is not null;
        var (list, from) = byTime ? ("events-by-time", FromTime) : ("events", FromId);
        var sql = $"""
            SELECT e.event_id, e.tenant_id, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.event_type,
                   e.occurred_at, e.actor_id, e.payload, e.payload_hash, e.prev_event_hash, e.event_hash,
                   l.position, l.link_hash
              FROM events e LEFT JOIN audit_links l ON l.tenant_id = e.tenant_id AND l.event_id = e.event_id
             WHERE e.tenant_id = @tenantId
               AND (@AggregateType::text IS NULL OR e.aggregate_type = @AggregateType)
               AND (@AggregateId::uuid IS NULL OR e.aggregate_id = @AggregateId)
               AND (@EventType::text IS NULL OR e.event_type = @EventType)
               AND (@ActorId::text IS NULL OR e.actor_id = @ActorId)
               {from} LIMIT @fetch
            """;
        var parameters = new
        {
            tenantId,
            filter.AggregateType,
            filter.AggregateId,
            filter.EventType,
            filter.ActorId,
            Since = (filter.Since ?? DateTimeOffset.MinValue).UtcDateTime, // to the driver -infinity
            Until = (filter.Until ?? DateTimeOffset.MaxValue).UtcDateTime,
            after = page.After(list) ?? (byTime ? "infinity|0" : null),
            fetch = page.Fetch,
        };
        return page.Cut(
            list, await database.ListAsync<EventRow>(sql, parameters, ct),
            e => byTime ? $"{e.OccurredAt:O}|{e.EventId}" : $"{e.EventId}");
    }

    public Task<HeadRow?> HeadAsync(Guid tenantId, CancellationToken ct) => database.FindAsync<HeadRow>(
        """
        SELECT tenant_id, position, link_hash, linked_at FROM audit_links
         WHERE tenant_id = @tenantId ORDER BY position DESC LIMIT 1
        """,
        new { tenantId }, ct);
}

internal sealed record EventRow(
    long EventId, Guid TenantId, string AggregateType, Guid AggregateId, long AggregateVersion, string EventType,
    DateTime OccurredAt, string ActorId, RawJson Payload, string PayloadHash, string? PrevEventHash, string EventHash,
    [property: Description("In the chain of all events of the tenant; null until it is linked.")] long? Position,
    string? LinkHash);

/// <summary>The last link of a tenant's chain; position 0 where nothing is linked yet.</summary>
internal sealed record HeadRow(Guid TenantId, long Position, string? LinkHash, DateTime? LinkedAt);
