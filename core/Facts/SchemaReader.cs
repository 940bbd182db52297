using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bpc.Core.Facts;

/// <summary>
/// Turns a published JSON Schema into the <see cref="Shape"/> the parser checks, so that the two cannot differ. It
/// knows the few keywords our schemas use; any other stops the program rather than being ignored.
/// </summary>
internal sealed class SchemaReader(JsonElement root)
{
    private const string Definitions = "#/$defs/";

    private static readonly string[] s_annotations = ["$schema", "$id", "$defs", "title", "description", "examples"];

    public Shape Root() => Read(root);

    public Shape Definition(string name) => Read(root.GetProperty("$defs").GetProperty(name));

    private Shape Read(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Allow(schema, "$ref");
            return Definition(reference.GetString()![Definitions.Length..]);
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            Allow(schema, "enum");
            return new Shape.Choice(Strings(words));
        }

        if (schema.TryGetProperty("oneOf", out var either))
        {
            Allow(schema, "oneOf");
            return new Shape.ListOrMembers((Shape.List)Read(either[0]), (Shape.Members)Read(either[1]));
        }

        return schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } types
            ? types[0].GetString() == "boolean" ? Flag(schema) : Number(schema)
            : Typed(schema);
    }

    private Shape Typed(JsonElement schema) => schema.GetProperty("type").GetString() switch
    {
        "object" => Members(schema),
        "array" => List(schema),
        "string" => Text(schema),
        var other => throw new NotSupportedException($"schema type {other}"),
    };

    private Shape.Members Members(JsonElement schema)
    {
        Allow(schema, "type", "properties", "required", "additionalProperties");
        var named = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().ToDictionary(p => p.Name, p => Read(p.Value), StringComparer.Ordinal)
            : [];
        var required = schema.TryGetProperty("required", out var names) ? Strings(names) : [];
        return new(named, required, schema.TryGetProperty("additionalProperties", out var more) && !more.GetBoolean());
    }

    private Shape.List List(JsonElement schema)
    {
        Allow(schema, "type", "items", "minItems", "maxItems");
        var items = schema.TryGetProperty("items", out var item) ? Read(item) : Shape.Anything.Value;
        return new(items, Limit(schema, "minItems", 0), Limit(schema, "maxItems", JsonDocumentReader.MaxItems));
    }

    private static Shape.Text Text(JsonElement schema)
    {
        Allow(schema, "type", "minLength", "maxLength", "pattern", "format");
        var pattern = schema.TryGetProperty("pattern", out var p)
            ? new Regex(p.GetString()!, RegexOptions.CultureInvariant) : null;
        var format = schema.TryGetProperty("format", out var f) ? f.GetString() switch
        {
            "date" => TextFormat.Date,
            "uri" => TextFormat.WebAddress,
            var other => throw new NotSupportedException($"schema format {other}"),
        } : TextFormat.Plain;
        var most = Limit(schema, "maxLength", JsonDocumentReader.MaxTextLength);
        return new(Limit(schema, "minLength", 0), most, pattern, format, Example(schema));
    }

    private static Shape.Flag Flag(JsonElement schema)
    {
        // The pattern is for other readers: Scalar reads flags here.
        Allow(schema, "type", "pattern");
        return new();
    }

    private static Shape.Number Number(JsonElement schema)
    {
        // The pattern is for other readers: DecimalText reads numbers here.
        Allow(schema, "type", "pattern", "minimum");
        return new(!schema.TryGetProperty("minimum", out _), Example(schema));
    }

    private static void Allow(JsonElement schema, params ReadOnlySpan<string> keywords)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!keywords.Contains(keyword.Name) && !s_annotations.Contains(keyword.Name))
            {
                throw new NotSupportedException($"schema keyword {keyword.Name}");
            }
        }
    }

    private static int Limit(JsonElement schema, string keyword, int unset) =>
        schema.TryGetProperty(keyword, out var limit) ? limit.GetInt32() : unset;

    private static string Example(JsonElement schema) =>
        schema.TryGetProperty("examples", out var examples) ? examples[0].GetString()! : "";

    private static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];
}
