using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// Reads members of an artefact somebody else may have written; what is not as the format says is VALIDATION_ERROR.
/// </summary>
internal static class Strict
{
    private const int HashCharacters = 64;

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

    /// <summary>A UUID in lower case with hyphens.</summary>
    public static void Id(JsonValue? value, string where)
    {
        if (Text(value, where) is var text && !(Guid.TryParseExact(text, "D", out var id) && $"{id:D}" == text))
        {
            throw Wrong($"{where} is not an id in lower case, but {Quoted.Text(text)}");
        }
    }

    /// <summary>A SHA-256 in lower-case hex.</summary>
    public static void Hash(JsonValue? value, string where)
    {
        if (Text(value, where) is var text && (text.Length != HashCharacters || !text.All(char.IsAsciiHexDigitLower)))
        {
            throw Wrong($"{where} is not a hash in lower-case hex, but {Quoted.Text(text)}");
        }
    }

    public static void Time(JsonValue? value, string where)
    {
        if (Text(value, where) is var text && !CanonicalTime.IsTime(text))
        {
            throw Wrong($"{where} is not a time like 2027-02-18T09:05:07.123456Z, but {Quoted.Text(text)}");
        }
    }

    /// <summary>One of a few words.</summary>
    public static void OneOf(IReadOnlyList<string> words, JsonValue? value, string where)
    {
        if (Text(value, where) is var text && !words.Contains(text))
        {
            throw Wrong($"{where} is {Quoted.Text(text)}, none of {string.Join(", ", words)}");
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
