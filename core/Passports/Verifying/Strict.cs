using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// Reads members of an artefact somebody else may have written; what is not as the format says is VALIDATION_ERROR.
/// </summary>
internal static class Strict
{
    /// <summary>An object with exactly these members.</summary>
    public static JsonValue.Record Object(JsonValue? value, string where, params ReadOnlySpan<string> names)
    {
        var record = value as JsonValue.Record ?? throw Wrong($"{where} is not an object");
        foreach (var name in names)
        {
            if (record[name] is null)
            {
                throw Wrong($"{where} has no {name}");
            }
        }

        return record.Members.Count == names.Length
            ? record
            : throw Wrong($"{where} has an unknown member: {record.Members.Keys.Except(names.ToArray()).First()}");
    }

    public static string Text(JsonValue? value, string where) =>
        value is JsonValue.Text text ? text.Value : throw Wrong($"{where} is not a string");

    /// <summary>An object whose members are strings, all of them.</summary>
    public static void Texts(JsonValue.Record record, string where)
    {
        foreach (var (name, member) in record.Members)
        {
            Text(member, $"{name} of {where}");
        }
    }

    public static IReadOnlyList<JsonValue> List(JsonValue? value, string where) =>
        value is JsonValue.List list ? list.Items : throw Wrong($"{where} is not a list");

    /// <summary>Bytes in the one base64 spelling they have: no white space, no stray bits before the padding.</summary>
    public static byte[] Base64(JsonValue? value, string where)
    {
        var text = Text(value, where);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            && Convert.ToBase64String(bytes, 0, length) == text
            ? bytes[..length]
            : throw Wrong($"{where} is not base64");
    }

    public static void Version(JsonValue? value, string expected, string where)
    {
        if (Text(value, where) is var version && version != expected)
        {
            throw Wrong($"{where} is '{version}', not {expected}");
        }
    }

    public static BpcException Wrong(string what) => new(BpcError.Validation, what);
}
