using System.Text;
using Bpc.Core.Canonical;

namespace Bpc.Core.Audit;

/// <summary>Where an aggregate's chain of events does not hold.</summary>
/// <param name="AggregateVersion">The first event that does not fit what precedes it.</param>
public sealed record ChainBreak(long AggregateVersion, string Reason);

/// <summary>
/// The hash chain over an aggregate's events, as append_events in sql/009_events.sql makes it. A changed, removed,
/// inserted or moved event is found; the removal of the newest ones is not, since nothing follows that names them.
/// </summary>
public static class EventChain
{
    /// <summary>
    /// SHA-256 of the event's canonical form: all of it but the payload, for which its hash stands, and the hash
    /// itself.
    /// </summary>
    public static string Hash(AuditEvent row) => CanonicalJson.HashHex(JsonValue.Object(
        ("tenant_id", row.TenantId.ToString("D")),
        ("aggregate_type", row.AggregateType),
        ("aggregate_id", row.AggregateId.ToString("D")),
        ("aggregate_version", row.AggregateVersion),
        ("event_type", row.EventType),
        ("occurred_at", CanonicalTime.Text(row.OccurredAt)),
        ("actor_id", row.ActorId),
        ("payload_hash", row.PayloadHash),
        ("prev_event_hash", row.PreviousHash is { } previous ? previous : JsonValue.Null.Value)));

    /// <summary>
    /// The first break in one aggregate's events, given in the order of their versions; null where the chain holds.
    /// </summary>
    public static ChainBreak? Verify(IEnumerable<AuditEvent> events)
    {
        AuditEvent? previous = null;
        foreach (var row in events)
        {
            if (Problem(row, previous) is { } reason)
            {
                return new(row.AggregateVersion, reason);
            }

            previous = row;
        }

        return null;
    }

    /// <summary>What of an event is not as it was made, by its own hashes; null where nothing is.</summary>
    public static string? Changed(AuditEvent row) => row switch
    {
        _ when row.PayloadHash != CanonicalJson.HashHex(Encoding.UTF8.GetBytes(row.Payload)) =>
            "its payload was changed",
        _ when row.Hash != Hash(row) => "it was changed: its hash is another",
        _ => null,
    };

    /// <summary>What is wrong with an event after the one before it in its aggregate (null: it is the first).</summary>
    public static string? Problem(AuditEvent row, AuditEvent? previous)
    {
        var expected = (previous?.AggregateVersion ?? 0) + 1;
        return row switch
        {
            _ when previous is not null && Aggregate(row) != Aggregate(previous) =>
                "the event belongs to another aggregate",
            _ when row.AggregateVersion > expected => $"version {expected} is missing before it",
            _ when row.AggregateVersion < expected => $"it stands where version {expected} belongs",
            _ when row.PreviousHash != previous?.Hash => "it does not name the hash of the event before it",
            _ => Changed(row),
        };
    }

    private static (Guid, string, Guid) Aggregate(AuditEvent row) => (row.TenantId, row.AggregateType, row.AggregateId);
}
