using System.Text.Json;
using Bpc.Core;

namespace Bpc.Grains.Jobs;

/// <summary>
/// A job's payload, member by member. Anyone may type a row, so whatever is missing or wrong is JOB_PAYLOAD_INVALID
/// with its name.
/// </summary>
public sealed class JobPayload
{
    /// <summary>Whether the text is a JSON object, as every payload is.</summary>
    public static bool IsObject(string json)
    {
        try
        {
            return JsonElement.Parse(json).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private readonly JsonElement _payload;

    private JobPayload(JsonElement payload) => _payload = payload;

    public static JobPayload Of(ClaimedJob job)
    {
        var payload = JsonElement.Parse(job.Payload);
        return payload.ValueKind == JsonValueKind.Object
            ? new(payload)
            : throw Invalid($"payload is a JSON {payload.ValueKind}; an object is needed");
    }

    public Guid Id(string member) =>
        Guid.TryParse(Text(member), out var id)
            ? id
            : throw Invalid($"payload.{member} is '{Text(member)}'; a UUID is needed");

    public string Text(string member) =>
        _payload.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Invalid($"payload.{member} is missing or not a string");

    public long Integer(string member) =>
        _payload.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var integer)
            ? integer
            : throw Invalid($"payload.{member} is missing or not an integer");

    private static BpcException Invalid(string detail) => new(BpcError.JobPayloadInvalid, detail);
}
