using Bpc.Core.Numbers;
using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Tests;

/// <summary>
/// The values a variable of a property may take, numbered, so that drawing and shrinking are arithmetic on the numbers.
/// </summary>
/// <param name="Simplest">The number a failing case is shrunk towards.</param>
internal sealed record Domain(string Variable, long Low, long High, long Simplest, Func<long, Value> At)
{
    /// <summary>
    /// Decimals of one scale between two bounds, by their unscaled value; the simplest is 0, or the bound nearest to
    /// it.
    /// </summary>
    public static Domain Decimals(string variable, ExactDecimal low, ExactDecimal high) => Numbers(
        variable, (long)low.Unscaled, (long)high.Unscaled, n => new DecimalValue(new(n, low.Scale)));

    public static Domain Integers(string variable, long low, long high) =>
        Numbers(variable, low, high, n => new IntValue(n));

    public static Domain Dates(string variable, DateOnly low, DateOnly high) => new(
        variable, low.DayNumber, high.DayNumber, low.DayNumber, n => new DateValue(DateOnly.FromDayNumber((int)n)));

    public static Domain Choices(string variable, IReadOnlyList<Value> values) => new(
        variable, 0, values.Count - 1, 0, n => values[(int)n]);

    /// <summary>The same values, or none.</summary>
    public Domain OrNone() =>
        this with { Low = Low - 1, Simplest = Low - 1, At = n => n < Low ? NoneValue.Instance : At(n) };

    private static Domain Numbers(string variable, long low, long high, Func<long, Value> at) =>
        new(variable, low, high, Math.Clamp(0, low, high), at);
}
