namespace Bpc.Core.Numbers;

/// <summary>
/// Decimals whose digits fit a long, as nearly all of a passport do: read and written without large integers.
/// </summary>
internal static class ShortDecimal
{
    /// <summary>The most digits in all, and after the point.</summary>
    public const int Digits = 18;

    public static long Magnitude(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction)
    {
        var magnitude = 0L;
        foreach (var digit in whole)
        {
            magnitude = (magnitude * 10) + (digit - '0');
        }

        foreach (var digit in fraction)
        {
            magnitude = (magnitude * 10) + (digit - '0');
        }

        return magnitude;
    }

    public static string Text(long unscaled, int scale)
    {
        // Sign, point and a zero before it are the most that comes to the digits.
        Span<char> text = stackalloc char[Digits + 3];
        var at = text.Length;
        var rest = Math.Abs(unscaled);
        for (var written = 0; rest > 0 || written <= scale; written++)
        {
            if (written == scale && scale > 0)
            {
                text[--at] = '.';
            }

            text[--at] = (char)('0' + (rest % 10));
            rest /= 10;
        }

        if (unscaled < 0)
        {
            text[--at] = '-';
        }

        return new(text[at..]);
    }
}
