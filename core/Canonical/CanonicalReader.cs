using System.Text.Json;

namespace Bpc.Core.Canonical;

/// <summary>
/// Reads strict JSON of the BPC-CJSON-1 profile: what is outside it is an error with its place, never repaired.
/// </summary>
public static class CanonicalReader
{
    private static readonly JsonReaderOptions s_options = new()
    {
        MaxDepth = CanonicalJson.MaxDepth,
        CommentHandling = JsonCommentHandling.Disallow,
        AllowTrailingCommas = false,
    };

    /// <summary>
    /// The value of the bytes; they need not be canonical (members in any order, white space). VALIDATION_ERROR names
    /// the JSON pointer of a fraction or exponent, an integer beyond ±(2^53 − 1), a repeated name, a lone surrogate,
    /// or broken JSON.
    /// </summary>
    public static JsonValue Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, s_options);
        try
        {
            Next(ref reader, default);
            var value = Value(ref reader, default);
            return reader.Read() ? throw Error(Place.Root, "something follows the JSON value") : value;
        }
        catch (JsonException e)
        {
            throw Error(Place.Root, $"not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {Reason(e)}");
        }
    }

    /// <summary>
    /// Reads bytes that must already be canonical: any other spelling of the same value is VALIDATION_ERROR.
    /// </summary>
    public static JsonValue ReadCanonical(ReadOnlySpan<byte> json)
    {
        var value = Read(json);
        return json.SequenceEqual(CanonicalJson.Write(value)) ? value
            : throw Error(Place.Root, "JSON, but not its canonical form (RFC 8785)");
    }

    private static JsonValue Value(ref Utf8JsonReader reader, Spot spot) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Record(ref reader, spot.Place),
        JsonTokenType.StartArray => List(ref reader, spot.Place),
        JsonTokenType.String => new JsonValue.Text(Text(ref reader, spot)),
        JsonTokenType.Number => new JsonValue.Int(Integer(ref reader, spot)),
        JsonTokenType.True => new JsonValue.Bool(true),
        JsonTokenType.False => new JsonValue.Bool(false),
        _ => JsonValue.Null.Value,
    };

    private static JsonValue.Record Record(ref Utf8JsonReader reader, Place place)
    {
        var here = new Spot(place, null, null);
        var members = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
        while (Next(ref reader, here) && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Text(ref reader, here);
            var member = new Spot(place, name, null);
            Next(ref reader, member);
            if (!members.TryAdd(name, Value(ref reader, member)))
            {
                throw Error(member.Place, "this member stands here twice");
            }
        }

        return new(members);
    }

    private static JsonValue.List List(ref Utf8JsonReader reader, Place place)
    {
        var here = new Spot(place, null, null);
        var items = new List<JsonValue>();
        while (Next(ref reader, here) && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader, new(place, null, items.Count)));
        }

        return new(items);
    }

    private static bool Next(ref Utf8JsonReader reader, Spot spot) =>
        reader.Read() ? true : throw Error(spot.Place, "the JSON ends too early");

    private static string Text(ref Utf8JsonReader reader, Spot spot)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error(spot.Place, "a string that is not Unicode: invalid UTF-8, or half of a surrogate pair");
        }
    }

    private static long Integer(ref Utf8JsonReader reader, Spot spot)
    {
        // "1.0", "1e3" and "-0" are other spellings: canonical bytes have one.
        if (reader.ValueSpan.IndexOfAny(".eE"u8) < 0 && !reader.ValueSpan.SequenceEqual("-0"u8)
            && reader.TryGetInt64(out var value)
            && value is <= CanonicalJson.MaxInteger and >= -CanonicalJson.MaxInteger)
        {
            return value;
        }

        throw Error(spot.Place,
            "numbers are integers within ±(2^53 − 1) without fraction or exponent; write any other number as text");
    }

    private static string Reason(JsonException e) => e.Message.Split(" LineNumber:")[0];

    private static BpcException Error(Place place, string message) => new(
        BpcError.Validation, place.Parent is null ? message : $"{place}: {message}", [new(place.ToString(), message)]);

    /// <summary>A place that becomes one only where it is needed: most values are read without a message.</summary>
    private readonly record struct Spot(Place? In, string? Name, int? Index)
    {
        public Place Place => In is null ? Place.Root
            : Name is not null ? In.Member(Name)
            : Index is { } index ? In.Item(index)
            : In;
    }
}
