using System.Numerics;

namespace Bpc.Core.Numbers;

/// <summary>The exact quotient of two numbers, until it is rounded once.</summary>
public readonly record struct ExactRatio
{
    public ExactRatio(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException();
        }

        (Numerator, Denominator) = denominator.Sign < 0 ? (-numerator, -denominator) : (numerator, denominator);
    }

    public BigInteger Numerator { get; }

    /// <summary>Always positive.</summary>
    public BigInteger Denominator { get; }

    public static ExactRatio Of(ExactDecimal dividend, ExactDecimal divisor) =>
        new(dividend.Unscaled * PowersOfTen.Of(divisor.Scale), divisor.Unscaled * PowersOfTen.Of(dividend.Scale));

    /// <summary>The nearest decimal of that scale, half to even, decided by the remainder.</summary>
    public ExactDecimal Round(int scale)
    {
        var scaled = BigInteger.Abs(Numerator) * PowersOfTen.Of(scale);
        var quotient = BigInteger.DivRem(scaled, Denominator, out var remainder);
        var half = (remainder * 2).CompareTo(Denominator);
        if (half > 0 || (half == 0 && !quotient.IsEven))
        {
            quotient += 1;
        }

        return ExactDecimal.Checked(Numerator.Sign < 0 ? -quotient : quotient, scale);
    }

    public override string ToString()
    {
        var common = BigInteger.GreatestCommonDivisor(Numerator, Denominator);
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{Numerator / common}/{Denominator / common}");
    }
}
