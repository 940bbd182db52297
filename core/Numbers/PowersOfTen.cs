using System.Numerics;

namespace Bpc.Core.Numbers;

/// <summary>The powers of ten every operation on decimals needs, computed once.</summary>
internal static class PowersOfTen
{
    private static readonly BigInteger[] s_powers = [.. Enumerable.Range(0, 129).Select(n => BigInteger.Pow(10, n))];

    public static BigInteger Of(int exponent) => s_powers[exponent];
}
