using System.Globalization;
using System.Text;

namespace Bpc.Core.Canonical;

/// <summary>Foreign text as a message may show it.</summary>
internal static class Quoted
{
    private const int Longest = 40;

    /// <summary>In quotes, short, with control characters and broken Unicode written out.</summary>
    public static string Text(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text[..Math.Min(text.Length, Longest)].EnumerateRunes())
        {
            _ = Rune.IsControl(rune) || rune == Rune.ReplacementChar
                ? quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}") : quoted.Append(rune);
        }

        return quoted.Append(text.Length > Longest ? "…\"" : "\"").ToString();
    }
}
