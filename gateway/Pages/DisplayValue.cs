using System.Text.Json;

namespace Bpc.Gateway.Pages;

/// <summary>A value as a page shows it.</summary>
public abstract record DisplayValue
{
    private DisplayValue()
    {
    }

    public sealed record Text(string Value) : DisplayValue;

    /// <summary>A page to open; with the hash of what it must show, where the passport states one.</summary>
    public sealed record Link(string Address, string? Sha256 = null) : DisplayValue;

    public sealed record List(IReadOnlyList<Item> Items) : DisplayValue;

    /// <summary>One of several values; a member of an object has its name before it.</summary>
    public sealed record Item(string Label, string Value);

    public sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : DisplayValue;

    internal static DisplayValue Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when IsAddress(value.GetString()!) => new Link(value.GetString()!),
        JsonValueKind.Object when IsDocument(value) => new Link(
            value.GetProperty("url").GetString()!,
            value.TryGetProperty("sha256", out var hash) ? hash.GetString() : null),
        JsonValueKind.Array when value.GetArrayLength() == 0 => new Text("None"),
        JsonValueKind.Array when value.EnumerateArray().Any(i => i.ValueKind is JsonValueKind.Object) => TableOf(value),
        JsonValueKind.Array => new List([.. value.EnumerateArray().Select(i => new Item("", Word(i)))]),
        JsonValueKind.Object => new List(
            [.. value.EnumerateObject().Select(m => new Item($"{Labels.Words(m.Name)}: ", Word(m.Value)))]),
        _ => new Text(Word(value)),
    };

    private static Table TableOf(JsonElement rows)
    {
        var columns = rows.EnumerateArray().Where(r => r.ValueKind is JsonValueKind.Object)
            .SelectMany(r => r.EnumerateObject().Select(m => m.Name)).Distinct().ToList();
        return new(
            [.. columns.Select(c => Labels.Words(c))],
            [.. rows.EnumerateArray().Select(r => (IReadOnlyList<string>)[.. columns.Select(c => Cell(r, c))])]);
    }

    private static string Cell(JsonElement row, string column) =>
        row.ValueKind is JsonValueKind.Object && row.TryGetProperty(column, out var value) ? Word(value) : "";

    private static string Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => "Yes",
        JsonValueKind.False => "No",
        JsonValueKind.Null => "–",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Word)),
        _ => value.GetRawText(),
    };

    // A document of which the passport knows where it is, and perhaps what it holds.
    private static bool IsDocument(JsonElement value) =>
        value.TryGetProperty("url", out var url) && url.ValueKind is JsonValueKind.String && IsAddress(url.GetString()!)
        && value.EnumerateObject().All(m => m.Name == "url"
            || (m.Name == "sha256" && m.Value.ValueKind is JsonValueKind.String));

    /// <summary>Only what a browser opens as a page; a javascript: link is text.</summary>
    internal static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && !text.Contains(' ');
}
