using System.Collections.Immutable;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// A product of powers of named units, such as gCO2e/kWh: sorted, without zero powers, so that equal units look equal.
/// </summary>
internal sealed class Unit : IEquatable<Unit>
{
    /// <summary>The highest power of a unit, up or down. A rule could double it at every step.</summary>
    public const int MaxPower = 9;

    public static readonly Unit None = new(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal));

    private Unit(ImmutableSortedDictionary<string, int> powers)
    {
        Powers = powers;
        var above = Powers.Where(p => p.Value > 0).Select(p => Written(p.Key, p.Value));
        var below = Powers.Where(p => p.Value < 0).Select(p => "/" + Written(p.Key, -p.Value));
        Text = (Powers.Any(p => p.Value > 0) ? string.Join("*", above) : "1") + string.Concat(below);
    }

    public ImmutableSortedDictionary<string, int> Powers { get; }

    /// <summary>The one spelling of this unit; <c>1</c> where everything cancels.</summary>
    public string Text { get; }

    public bool IsNone => Powers.IsEmpty;

    /// <summary>What two units may make, but no rule may have: whoever multiplies them refuses it.</summary>
    public bool IsTooHigh => Powers.Values.Any(power => Math.Abs(power) > MaxPower);

    public static Unit Of(string symbol) =>
        new(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal).Add(symbol, 1));

    public Unit Times(Unit other) => Combine(other, 1);

    public Unit Per(Unit other) => Combine(other, -1);

    public bool Equals(Unit? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as Unit);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private Unit Combine(Unit other, int sign)
    {
        var powers = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        powers.AddRange(Powers);
        foreach (var (symbol, power) in other.Powers)
        {
            var sum = powers.GetValueOrDefault(symbol) + (sign * power);
            powers.Remove(symbol);
            if (sum != 0)
            {
                powers.Add(symbol, sum);
            }
        }

        return new(powers.ToImmutable());
    }

    private static string Written(string symbol, int power) => power == 1 ? symbol : $"{symbol}^{power}";
}
