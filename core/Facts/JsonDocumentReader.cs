using System.Text.Json;
using System.Text.Unicode;
using Bpc.Core.Canonical;

namespace Bpc.Core.Facts;

/// <summary>
/// Reads a JSON document against the shape of its kind, collecting every violation. Numbers become plain decimal
/// text; where there are violations the value is of no use.
/// </summary>
internal sealed class JsonDocumentReader(Violations violations)
{
    /// <summary>Items of a list, where its schema does not say less.</summary>
    public const int MaxItems = 10_000;

    /// <summary>Characters of a text, where its schema does not say less.</summary>
    public const int MaxTextLength = 100_000;

    /// <summary>Values of a whole document: what it costs in memory stays a small multiple of its bytes.</summary>
    public const int MaxValues = 500_000;

    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = CanonicalJson.MaxDepth };

    // What a member that no schema names may be.
    private static readonly Shape.Members s_open = new(new Dictionary<string, Shape>(), [], Closed: false);
    private static readonly Shape.List s_any = new(Shape.Anything.Value, 0, MaxItems);
    private static readonly Shape.Number s_decimal = new(MayBeNegative: true, "75.5");

    private int _values;

    public JsonValue Read(ReadOnlyMemory<byte> content, Shape shape)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
        {
            violations.Add("", "starts with a byte order mark; write UTF-8 without one");
        }
        else if (!Utf8.IsValid(content.Span))
        {
            violations.Add("", "is not UTF-8");
        }
        else
        {
            try
            {
                using var json = JsonDocument.Parse(content, s_strict);
                return Value(json.RootElement, shape, Place.Root);
            }
            catch (JsonException e)
            {
                violations.Add($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}",
                    $"not JSON: {e.Message.Split(" LineNumber:")[0]}");
            }
        }

        return JsonValue.Null.Value;
    }

    private JsonValue Value(JsonElement element, Shape shape, Place place)
    {
        if (++_values > MaxValues)
        {
            return _values > MaxValues + 1 ? JsonValue.Null.Value
                : Wrong(place, $"more than {MaxValues} values stand in this document; split it");
        }

        return (element.ValueKind, shape) switch
        {
            (JsonValueKind.Object, Shape.Anything) => Members(element, s_open, place),
            (JsonValueKind.Object, Shape.Members members) => Members(element, members, place),
            (JsonValueKind.Object, Shape.ListOrMembers either) => Members(element, either.AsMembers, place),
            (JsonValueKind.Array, Shape.Anything) => List(element, s_any, place),
            (JsonValueKind.Array, Shape.List list) => List(element, list, place),
            (JsonValueKind.Array, Shape.ListOrMembers either) => List(element, either.AsList, place),
            (JsonValueKind.String, _) =>
                Text(element, place) is { } text ? Checked(text, shape, place) : JsonValue.Null.Value,
            (JsonValueKind.Number, Shape.Anything) => Checked(element.GetRawText(), s_decimal, place),
            (JsonValueKind.Number, Shape.Number) => Checked(element.GetRawText(), shape, place),
            (JsonValueKind.True or JsonValueKind.False, Shape.Anything or Shape.Flag) => element.GetBoolean(),
            (JsonValueKind.Null, Shape.Anything) => JsonValue.Null.Value,
            _ => Wrong(place, $"{Violations.Shown(element)} stands here; write {Scalar.Expected(shape)}"),
        };
    }

    private JsonValue.Record Members(JsonElement element, Shape.Members shape, Place place)
    {
        var members = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (violations.Full)
            {
                break;
            }

            if (Name(property, place) is not { } name)
            {
                continue;
            }

            var named = shape.Named.GetValueOrDefault(name);
            if (named is null && shape.Closed)
            {
                Wrong(place.Member(name),
                    $"is no member of this object, which has {string.Join(", ", shape.Named.Keys)}");
            }
            else if (!members.TryAdd(name, Value(property.Value, named ?? Shape.Anything.Value, place.Member(name))))
            {
                Wrong(place.Member(name), "stands here twice");
            }
        }

        foreach (var missing in shape.Required.Where(name => !members.ContainsKey(name)))
        {
            Wrong(place.Member(missing), $"is missing; write {Scalar.Expected(shape.Named[missing])}");
        }

        return new(members);
    }

    private JsonValue List(JsonElement element, Shape.List shape, Place place)
    {
        var count = element.GetArrayLength();
        if (count < shape.MinItems || count > shape.MaxItems)
        {
            return Wrong(place, $"a list of {count} items; {shape.MinItems} to {shape.MaxItems} are allowed");
        }

        var items = new List<JsonValue>(count);
        foreach (var item in element.EnumerateArray())
        {
            if (violations.Full)
            {
                break;
            }

            items.Add(Value(item, shape.Items, place.Item(items.Count)));
        }

        return new JsonValue.List(items);
    }

    private JsonValue Checked(string text, Shape shape, Place place)
    {
        var (value, problem) = Scalar.Read(text, shape);
        return value ?? Wrong(place, problem!);
    }

    private string? Name(JsonProperty property, Place place)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return NotUnicode(place, "a member name");
        }
    }

    private string? Text(JsonElement element, Place place)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return NotUnicode(place, "the text");
        }
    }

    private string? NotUnicode(Place place, string what)
    {
        Wrong(place, $"{what} holds half of a surrogate pair, which is not Unicode");
        return null;
    }

    private JsonValue.Null Wrong(Place place, string message)
    {
        violations.Add(place.ToString(), message);
        return JsonValue.Null.Value;
    }
}
