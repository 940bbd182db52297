using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads the events of a tenant, newest first.</summary>
internal sealed class AuditQueries(GatewayDatabase database)
{
    public async Task<Page<EventRow>> EventsAsync(
        Guid tenantId, EventFilter filter, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT event_id, aggregate_type, aggregate_id, aggregate_version, event_type, occurred_at, actor_id,
                   payload, payload_hash, prev_event_hash, event_hash
              FROM events
             WHERE tenant_id = @tenantId
               AND (@AggregateType::text IS NULL OR aggregate_type = @AggregateType)
               AND (@AggregateId::uuid IS NULL OR aggregate_id = @AggregateId)
               AND (@EventType::text IS NULL OR event_type = @EventType)
               AND (@after::bigint IS NULL OR event_id < @after::bigint)
             ORDER BY event_id DESC LIMIT @fetch
            """;
        var parameters = new
        {
            tenantId,
            filter.AggregateType,
            filter.AggregateId,
            filter.EventType,
            after = page.After("events"),
            fetch = page.Fetch,
        };
        return page.Cut("events", await database.ListAsync<EventRow>(sql, parameters, ct), e => $"{e.EventId}");
    }
}

internal sealed record EventRow(
    long EventId, string AggregateType, Guid AggregateId, long AggregateVersion, string EventType, DateTime OccurredAt,
    string ActorId, RawJson Payload, string PayloadHash, string? PrevEventHash, string EventHash);
