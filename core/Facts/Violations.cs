using System.Text.Json;
using Bpc.Core.Canonical;

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
            _list.Add(_list.Count < Most
                ? new(where, message) : new("", $"there are more: only the first {Most} are listed"));
        }
    }

    public BpcException Rejected()
    {
        var first = _list[0];
        var where = first.Where.Length > 0 ? $"{first.Where}: " : "";
        var more = Full ? $" (and at least {Most} more)" : _list.Count > 1 ? $" (and {_list.Count - 1} more)" : "";
        return new(BpcError.DocumentRejected, $"{where}{first.Message}{more}", _list);
    }

    /// <summary>What stands at a place, in words.</summary>
    public static string Shown(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => Quoted.Text(element.GetString()!),
        JsonValueKind.Number when element.GetRawText() is { Length: <= 40 } number => number,
        JsonValueKind.Number => "a number",
        var literal => literal.ToString().ToLowerInvariant(),
    };
}
