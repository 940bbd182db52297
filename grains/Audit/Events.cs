using System.Text;
using Bpc.Core.Canonical;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Audit;

/// <summary>Appends to an aggregate's hash chain through the one SQL function that may.</summary>
public static class Events
{
    /// <param name="aggregateType">Such as <c>passport_version</c>.</param>
    /// <param name="eventType">Such as <c>passport_version.signed</c>.</param>
    public static Write Append(
        Guid tenantId, string aggregateType, Guid aggregateId, string eventType, string actorId,
        JsonValue.Record payload) =>
        new("SELECT append_event($1, $2, $3, $4, $5, $6)",
            [tenantId, aggregateType, aggregateId, eventType, actorId, Text(payload)],
            Rows: null, Enqueues: true);

    /// <summary>
    /// A payload as <c>append_event</c> wants it, for statements that append only where they changed something.
    /// </summary>
    internal static string Text(JsonValue.Record payload) => Encoding.UTF8.GetString(CanonicalJson.Write(payload));
}
