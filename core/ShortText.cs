using System.Text;

namespace Bpc.Core;

/// <summary>Foreign text cut and mended so that it can be shown and stored.</summary>
public static class ShortText
{
    /// <summary>At most so many characters and an ellipsis; never half a surrogate pair of a whole one.</summary>
    public static string Of(string text, int most) => text.Length <= most
        ? text : $"{text[..(char.IsSurrogatePair(text[most - 1], text[most]) ? most - 1 : most)]}…";

    /// <summary>With U+FFFD for what PostgreSQL and UTF-8 do not hold: U+0000 and half surrogate pairs.</summary>
    public static string Storable(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? Rune.ReplacementChar : rune));
}
