using System.Text;
using System.Text.Json;
using Bpc.Core;
using Bpc.Core.Canonical;

namespace Bpc.Grains.Jobs;

/// <summary>
/// A job's payload, member by member. Anyone may type a row, so whatever is missing or wrong is JOB_PAYLOAD_INVALID
/// with its name.
/// </summary>
public sealed class JobPayload
{
    /// <summary>
    /// What a payload must be before it is queued: a JSON object of the BPC-CJSON-1 profile that PostgreSQL can keep.
    /// </summary>
    internal static InputCheck Check(InputCheck check, string json)
    {
        try
        {
            var payload = CanonicalReader.Read(Encoding.UTF8.GetBytes(json));
            return check
                .Require(payload is JsonValue.Record, "/payload", "is no object; a JSON object is wanted")
                .Require(IsStorable(payload), "/payload", "holds U+0000; text without it is wanted");
        }
        catch (BpcException e)
        {
            var wrong = e.Violations.Count > 0 ? e.Violations[0] : new("", e.Message);
            return check.Require(false, $"/payload{wrong.Where}", wrong.Message);
        }
    }

    // jsonb has no U+0000.
    private static bool IsStorable(JsonValue value) => value switch
    {
        JsonValue.Text text => !text.Value.Contains('\0'),
        JsonValue.List list => list.Items.All(IsStorable),
        JsonValue.Record record => record.Members.All(m => !m.Key.Contains('\0') && IsStorable(m.Value)),
        _ => true,
    };

    private readonly JsonElement _payload;

    private JobPayload(JsonElement payload) => _payload = payload;

    public static JobPayload Of(ClaimedJob job)
    {
        try
        {
            var payload = JsonElement.Parse(job.Payload);
            return payload.ValueKind == JsonValueKind.Object
                ? new(payload)
                : throw Invalid($"payload is a JSON {payload.ValueKind}; an object is needed");
        }
        catch (JsonException e) // jsonb nests deeper than this reads
        {
            throw Invalid($"payload cannot be read: {e.Message}");
        }
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
