using Bpc.Core.Canonical;

namespace Bpc.Core.Audit;

/// <summary>A link of a tenant's chain.</summary>
/// <param name="EventHash">The hash its event had when it was linked.</param>
/// <param name="Event">The event as it stands in the table now; null where it is gone.</param>
public sealed record AuditLink(long Position, long EventId, string EventHash, string LinkHash, AuditEvent? Event);

/// <summary>
/// How far a tenant's chain goes. Whoever keeps it elsewhere can tell later that nothing up to it is gone.
/// </summary>
public sealed record AuditHead(Guid TenantId, long Position, string? LinkHash);

/// <summary>
/// The chain of all events of a tenant, as link_events in sql/040_audit_chain.sql makes it: it has a hole where an
/// event, or an aggregate with all of its events, was removed. What was cut off at its end only a head kept elsewhere
/// tells.
/// </summary>
public sealed class TenantChain(Guid tenantId, AuditHead? kept = null)
{
    /// <summary>The last link that was added.</summary>
    public AuditHead Head { get; private set; } = new(tenantId, 0, null);

    public static string Hash(Guid tenantId, long position, string eventHash, string? previousLinkHash) =>
        CanonicalJson.HashHex(JsonValue.Object(
            ("tenant_id", tenantId.ToString("D")),
            ("position", position),
            ("event_hash", eventHash),
            ("prev_link_hash", previousLinkHash is { } previous ? previous : JsonValue.Null.Value)));

    /// <summary>Takes the next link; what is wrong with it, or null.</summary>
    public string? Add(AuditLink link)
    {
        var problem = Problem(link);
        Head = new(tenantId, link.Position, link.LinkHash);
        return problem;
    }

    /// <summary>What is missing after the last link, or null.</summary>
    public string? End() => kept is not null && kept.Position > Head.Position
        ? $"it ends at position {Head.Position}; the kept head is at {kept.Position}: the newest events are gone"
        : null;

    private string? Problem(AuditLink link) => link switch
    {
        _ when link.Position != Head.Position + 1 => $"position {Head.Position + 1} is missing before it",
        { Event: null } => "its event is gone",
        _ when EventChain.Changed(link.Event) is { } changed => changed,
        _ when link.Event.Hash != link.EventHash => "its event is another than the one that was linked",
        _ when link.LinkHash != Hash(tenantId, link.Position, link.EventHash, Head.LinkHash) =>
            "the link was changed or moved: its hash is another",
        _ when link.Position == kept?.Position && link.LinkHash != kept.LinkHash =>
            "the kept head has another hash here: the chain was written anew",
        _ => null,
    };
}
