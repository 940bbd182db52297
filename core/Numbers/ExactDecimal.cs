using System.Numerics;

namespace Bpc.Core.Numbers;

/// <summary>
/// An exact decimal: <paramref name="Unscaled"/> × 10^−<paramref name="Scale"/>. Nothing is ever rounded unless
/// <see cref="Round"/> is called; more than <see cref="MaxDigits"/> digits are an <see cref="OverflowException"/>.
/// </summary>
public readonly record struct ExactDecimal(BigInteger Unscaled, int Scale) : IComparable<ExactDecimal>
{
    /// <summary>Room for the product of two numbers of 38 digits.</summary>
    public const int MaxDigits = 76;

    private static readonly BigInteger s_limit = PowersOfTen.Of(MaxDigits);
    private static readonly BigInteger s_short = PowersOfTen.Of(ShortDecimal.Digits);

    /// <summary>
    /// Reads the plain form <c>-?digits[.digits]</c>, no exponent, no leading zeros; its scale is the digits written.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactDecimal value)
    {
        value = default;
        var digits = text.StartsWith('-') ? text[1..] : text;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || (whole.Length > 1 && whole[0] == '0')
            || digits.Length > MaxDigits || whole.ContainsAnyExceptInRange('0', '9')
            || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var magnitude = whole.Length + fraction.Length <= ShortDecimal.Digits
            ? ShortDecimal.Magnitude(whole, fraction)
            : BigInteger.Parse(string.Concat(whole, fraction), System.Globalization.CultureInfo.InvariantCulture);
        value = new(text[0] == '-' ? -magnitude : magnitude, fraction.Length);
        return true;
    }

    public static ExactDecimal operator +(ExactDecimal left, ExactDecimal right) =>
        Checked(left.Unscaled + right.At(left.Scale), left.Scale);

    public static ExactDecimal operator -(ExactDecimal left, ExactDecimal right) =>
        Checked(left.Unscaled - right.At(left.Scale), left.Scale);

    public static ExactDecimal operator *(ExactDecimal left, ExactDecimal right) =>
        Checked(left.Unscaled * right.Unscaled, left.Scale + right.Scale);

    public static ExactDecimal operator -(ExactDecimal value) => new(-value.Unscaled, value.Scale);

    public static bool operator <(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) < 0;

    public static bool operator >(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) > 0;

    public static bool operator <=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) >= 0;

    /// <summary>
    /// The same number with more digits after the point; fewer would lose some and is an <see
    /// cref="ArgumentException"/>.
    /// </summary>
    public ExactDecimal Pad(int scale) => scale >= Scale
        ? Checked(Unscaled * PowersOfTen.Of(scale - Scale), scale)
        : throw new ArgumentException($"{this} at scale {scale} would lose digits; round it", nameof(scale));

    /// <summary>The nearest number of that scale, half to even.</summary>
    public ExactDecimal Round(int scale) => new ExactRatio(Unscaled, PowersOfTen.Of(Scale)).Round(scale);

    /// <summary>By size, whatever the scales: what is only compared may have more digits than a number has.</summary>
    public int CompareTo(ExactDecimal other) => Scale == other.Scale
        ? Unscaled.CompareTo(other.Unscaled)
        : (Unscaled * PowersOfTen.Of(Math.Max(0, other.Scale - Scale))).CompareTo(
            other.Unscaled * PowersOfTen.Of(Math.Max(0, Scale - other.Scale)));

    /// <summary>Exactly <see cref="Scale"/> digits after the point, in every culture.</summary>
    public override string ToString()
    {
        if (Scale <= ShortDecimal.Digits && BigInteger.Abs(Unscaled) < s_short)
        {
            return ShortDecimal.Text((long)Unscaled, Scale);
        }

        var digits = BigInteger.Abs(Unscaled).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(
            Scale + 1, '0');
        var sign = Unscaled.Sign < 0 ? "-" : "";
        return Scale == 0 ? sign + digits : $"{sign}{digits[..^Scale]}.{digits[^Scale..]}";
    }

    internal static ExactDecimal Checked(BigInteger unscaled, int scale) => BigInteger.Abs(unscaled) < s_limit
        ? new(unscaled, scale) : throw new OverflowException($"the number has more than {MaxDigits} digits");

    // Sums of different scales would hide a conversion: the rule language's types forbid them, so this is a defect.
    private BigInteger At(int scale) => scale == Scale
        ? Unscaled : throw new ArgumentException($"{this} has scale {Scale}, not {scale}", nameof(scale));
}
