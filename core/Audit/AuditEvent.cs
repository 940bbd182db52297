namespace Bpc.Core.Audit;

/// <summary>
/// One row of the events table: what happened to an aggregate, chained to what happened to it before.
/// </summary>
/// <param name="AggregateVersion">1 for the aggregate's first event, then without a gap.</param>
/// <param name="OccurredAt">UTC, the database's clock and resolution.</param>
/// <param name="Payload">Canonical JSON, as text.</param>
/// <param name="PreviousHash">The hash of the aggregate's event before this one; null for its first.</param>
public sealed record AuditEvent(
    Guid TenantId, string AggregateType, Guid AggregateId, long AggregateVersion, string EventType, DateTime OccurredAt,
    string ActorId, string Payload, string PayloadHash, string? PreviousHash, string Hash);
