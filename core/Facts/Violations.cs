using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bpc.Core.Facts;

/// <summary>What is wrong with a document, up to a limit.</summary>
internal sealed class Violations
{
    /// <summary>As many are listed; one more says that the list is cut.</summary>
    public const int Most = 100;

    private readonly List<Violation> _list = [];

    public bool Any => _list.Count > 0;

    /// <summary>Nobody reads more: reading may end.</summary>
    public bool Full => _list.Count > Most;

    public void Add(string where, string message)
    {
        if (!Full)
        {
            _list.Add(_list.Count < Most ? new(where, message) : new("", $"there are more: only the first {Most} are listed"));
        }
    }

    public BpcException Rejected()
    {
        var first = _list[0];
        var more = Full ? $" (and more than {Most - 1} others)" : _list.Count > 1 ? $" (and {_list.Count - 1} more)" : "";
        return new(BpcError.DocumentRejected, (first.Where.Length > 0 ? $"{first.Where}: " : "") + first.Message + more, _list);
    }

    /// <summary>A value as a message may show it: short, with control characters and broken Unicode written out.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder("\"");
        foreach (var rune in text.Length <= 40 ? text.EnumerateRunes() : text[..40].EnumerateRunes())
        {
            _ = Rune.IsControl(rune) || rune == Rune.ReplacementChar
                ? shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}") : shown.Append(rune);
        }

        return shown.Append(text.Length <= 40 ? "\"" : "…\"").ToString();
    }

    /// <summary>What stands at a place, in words.</summary>
    public static string Shown(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => Shown(element.GetString()!),
        JsonValueKind.Number when element.GetRawText() is { Length: <= 40 } number => number,
        JsonValueKind.Number => "a number",
        var literal => literal.ToString().ToLowerInvariant(),
    };
}
