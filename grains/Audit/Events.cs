using System.Text;
using Bpc.Core.Canonical;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Audit;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Audit;

/// <summary>
/// Appends to an aggregate's hash chain through the one SQL function that may; it inserts the webhook deliveries of the
/// event and their jobs as well (sql/009_events.sql).
/// </summary>
public static class Events
{
    /// <param name="cause">Also of the webhook deliveries the event leads to.</param>
    /// <param name="aggregateType">Such as <c>passport_version</c>.</param>
    /// <param name="eventType">Such as <c>passport_version.signed</c>.</param>
    public static Write Append(
        Guid tenantId, string aggregateType, Guid aggregateId, string eventType, string actorId,
        JsonValue.Record payload, Cause cause) =>
        Write.Many(
            "SELECT append_events($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                tenantId, aggregateType, aggregateId, eventType, actorId, Text(payload), cause.TraceParent,
                cause.CorrelationId,
            ],
            rows: null, enqueues: true);

    /// <summary>access.denied, in the caller's own chain: what one key was refused stands in one place.</summary>
    public static Write Denied(Call call, Denial denial) => Append(
        call.TenantId, EventTypes.Aggregate(EventTypes.AccessDenied), CallerId(call), EventTypes.AccessDenied,
        call.ActorId,
        JsonValue.Object(
            ("method", denial.Method), ("path", denial.Path), ("code", denial.Code),
            ("permission", denial.Permission is { } asked ? asked : JsonValue.Null.Value),
            ("reason", denial.Reason), ("correlation_id", call.CorrelationId)),
        Cause.Of(call));

    // api_key:0198… and session:0198… name a caller by its id; what has none belongs to the tenant itself.
    private static Guid CallerId(Call call) =>
        Guid.TryParse(call.ActorId[(call.ActorId.IndexOf(':', StringComparison.Ordinal) + 1)..], out var id)
            ? id : call.TenantId;

    /// <summary>
    /// A payload as <c>append_event</c> wants it, for statements that append only where they changed something.
    /// </summary>
    internal static string Text(JsonValue.Record payload) => Encoding.UTF8.GetString(CanonicalJson.Write(payload));
}
