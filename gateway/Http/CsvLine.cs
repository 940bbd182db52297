using System.Buffers;
using System.Globalization;
using System.Text;
using Bpc.Core.Canonical;

namespace Bpc.Gateway.Http;

/// <summary>
/// A line of a table (RFC 4180). Whoever opens it does so with a spreadsheet, which would run a cell that begins like a
/// formula: such a cell gets an apostrophe before it, which spreadsheets take for "this is text".
/// </summary>
internal static class CsvLine
{
    // What begins a formula, also in full width, and what is skipped on the way to one.
    private static readonly SearchValues<char> s_runs = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    public static string Of(IEnumerable<object?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    private static string Cell(object? value)
    {
        var text = value switch
        {
            DateTime time => CanonicalTime.Text(time),
            RawJson json => Encoding.UTF8.GetString(json.Utf8.Span),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        var harmless = text is [var first, ..] && s_runs.Contains(first) ? $"'{text}" : text;
        return $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
