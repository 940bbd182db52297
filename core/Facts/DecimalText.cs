using System.Globalization;
using System.Text.RegularExpressions;

namespace Bpc.Core.Facts;

/// <summary>Numbers of documents as plain decimal text: exact, digits kept, never a double.</summary>
internal static partial class DecimalText
{
    /// <summary>More digits than any quantity has; also the most that an exponent may write out.</summary>
    public const int MostDigits = 60;

    public static bool IsNumber(string text) => JsonNumber.IsMatch(text);

    /// <summary>
    /// The plain form of a JSON number: <c>1.50</c> stays, <c>1e3</c> is <c>1000</c>, <c>-0</c> is <c>0</c>. Null
    /// where the text is no JSON number, or one of more than <see cref="MostDigits"/> digits.
    /// </summary>
    public static string? Read(string text)
    {
        if (JsonNumber.Match(text) is not { Success: true } number)
        {
            return null;
        }

        var whole = number.Groups["whole"].Value;
        var fraction = number.Groups["fraction"].Value;
        var exponent = number.Groups["exponent"].Value;
        if (exponent.Length > 4 || whole.Length + fraction.Length > MostDigits)
        {
            return null;
        }

        var scale = fraction.Length - (exponent.Length > 0 ? int.Parse(exponent, CultureInfo.InvariantCulture) : 0);
        return Math.Abs(scale) <= MostDigits ? Plain(text[0] == '-', whole + fraction, scale) : null;
    }

    /// <summary>
    /// Puts the point <paramref name="scale"/> digits from the right, writing out zeros on either side.
    /// </summary>
    private static string? Plain(bool negative, string digits, int scale)
    {
        digits = scale < 0 ? digits + new string('0', -scale) : digits.PadLeft(scale + 1, '0');
        var point = digits.Length - Math.Max(scale, 0);
        var whole = digits[..point].TrimStart('0') is { Length: > 0 } some ? some : "0";
        var plain = scale > 0 ? $"{whole}.{digits[point..]}" : whole;
        return digits.Length > MostDigits ? null
            : negative && plain.AsSpan().ContainsAnyInRange('1', '9') ? $"-{plain}" : plain;
    }

    [GeneratedRegex(
        @"^-?(?<whole>0|[1-9][0-9]*)([.](?<fraction>[0-9]+))?([eE](?<exponent>[+-]?[0-9]+))?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex JsonNumber { get; }
}
