using System.Numerics;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// The units rules may name, each as a factor over base dimensions. A closed table: a misspelt unit is an error, not a
/// new unit. Temperatures in degC do not convert to K: that is a shift, not a factor.
/// </summary>
internal static class UnitTable
{
    private const string Watt = "g m2 s-3";

    private static readonly Dictionary<string, Definition> s_units = new(StringComparer.Ordinal)
    {
        ["mg"] = new(1, 1000, "g"),
        ["g"] = new(1, 1, "g"),
        ["kg"] = new(1000, 1, "g"),
        ["t"] = new(1_000_000, 1, "g"),
        ["mm"] = new(1, 1000, "m"),
        ["cm"] = new(1, 100, "m"),
        ["m"] = new(1, 1, "m"),
        ["l"] = new(1, 1000, "m3"),
        ["s"] = new(1, 1, "s"),
        ["min"] = new(60, 1, "s"),
        ["h"] = new(3600, 1, "s"),
        ["days"] = new(86_400, 1, "s"),
        ["month"] = new(1, 1, "month"),
        ["months"] = new(1, 1, "month"),
        ["years"] = new(12, 1, "month"),
        ["J"] = new(1000, 1, "g m2 s-2"),
        ["kJ"] = new(1_000_000, 1, "g m2 s-2"),
        ["MJ"] = new(1_000_000_000, 1, "g m2 s-2"),
        ["Wh"] = new(3_600_000, 1, "g m2 s-2"),
        ["kWh"] = new(3_600_000_000, 1, "g m2 s-2"),
        ["MWh"] = new(3_600_000_000_000, 1, "g m2 s-2"),
        ["W"] = new(1000, 1, Watt),
        ["kW"] = new(1_000_000, 1, Watt),
        ["MW"] = new(1_000_000_000, 1, Watt),
        ["mA"] = new(1, 1000, "A"),
        ["A"] = new(1, 1, "A"),
        ["mAh"] = new(36, 10, "A s"),
        ["Ah"] = new(3600, 1, "A s"),
        ["mV"] = new(1, 1, Watt + " A-1"),
        ["V"] = new(1000, 1, Watt + " A-1"),
        ["mOhm"] = new(1, 1, Watt + " A-2"),
        ["Ohm"] = new(1000, 1, Watt + " A-2"),
        ["degC"] = new(1, 1, "degC"),
        ["K"] = new(1, 1, "K"),
        ["gCO2e"] = new(1, 1, "carbon"),
        ["kgCO2e"] = new(1000, 1, "carbon"),
        ["tCO2e"] = new(1_000_000, 1, "carbon"),
        ["%"] = new(1, 100, ""),
        ["ppm"] = new(1, 1_000_000, ""),
        ["cycles"] = new(1, 1, "cycles"),
        ["each"] = new(1, 1, "each"),
        ["count"] = new(1, 1, "each"),
    };

    public static IReadOnlyCollection<string> Symbols => s_units.Keys;

    public static bool Knows(string symbol) => s_units.ContainsKey(symbol);

    /// <summary>
    /// By what a number in one unit is multiplied to be in the other, and how many digits that adds; null where the
    /// units measure different things or the factor has no finite decimal form (Wh to J has, J to Wh has not).
    /// </summary>
    public static (BigInteger Factor, int AddedScale)? Conversion(Unit from, Unit to)
    {
        var source = Resolve(from);
        var target = Resolve(to);
        if (source.Dimensions.Count != target.Dimensions.Count || source.Dimensions.Except(target.Dimensions).Any())
        {
            return null;
        }

        var numerator = source.Numerator * target.Denominator;
        var denominator = source.Denominator * target.Numerator;
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        (numerator, denominator) = (numerator / common, denominator / common);
        for (var digits = 0; digits <= RuleType.MaxScale; digits++)
        {
            var scaled = numerator * BigInteger.Pow(10, digits);
            if ((scaled % denominator).IsZero)
            {
                return (scaled / denominator, digits);
            }
        }

        return null;
    }

    private static Resolved Resolve(Unit unit)
    {
        var dimensions = new Dictionary<string, int>(StringComparer.Ordinal);
        BigInteger numerator = 1, denominator = 1;
        foreach (var (symbol, power) in unit.Powers)
        {
            var definition = s_units[symbol];
            var (above, below) = power > 0 ? (definition.Above, definition.Below)
                : (definition.Below, definition.Above);
            numerator *= BigInteger.Pow(above, Math.Abs(power));
            denominator *= BigInteger.Pow(below, Math.Abs(power));
            foreach (var (name, exponent) in definition.Dimensions)
            {
                dimensions[name] = dimensions.GetValueOrDefault(name) + (exponent * power);
            }
        }

        return new(numerator, denominator, dimensions.Where(d => d.Value != 0).ToDictionary());
    }

    private sealed record Resolved(BigInteger Numerator, BigInteger Denominator, Dictionary<string, int> Dimensions);

    /// <param name="over">Base dimensions with their powers: <c>g m2 s-3</c>.</param>
    private sealed class Definition(BigInteger above, BigInteger below, string over)
    {
        public BigInteger Above { get; } = above;

        public BigInteger Below { get; } = below;

        public IReadOnlyList<(string Name, int Power)> Dimensions { get; } = [.. over
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(part =>
            {
                var digits = part.AsSpan().IndexOfAny("-123");
                return digits < 0 ? (part, 1)
                    : (part[..digits], int.Parse(part[digits..], System.Globalization.CultureInfo.InvariantCulture));
            })];
    }
}
