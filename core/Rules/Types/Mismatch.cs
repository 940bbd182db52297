namespace Bpc.Core.Rules.Types;

/// <summary>What to write where a value has another type than wanted.</summary>
internal static class Mismatch
{
    public static BpcError Code(RuleType actual, RuleType wanted) => (Bare(actual), Bare(wanted)) switch
    {
        (RuleType.Qty a, RuleType.Qty b) when !a.Unit.Equals(b.Unit) => BpcError.UnitMismatch,
        (RuleType.Qty, RuleType.Dec) or (RuleType.Dec, RuleType.Qty) => BpcError.UnitMismatch,
        (RuleType.Ratio a, var b) when !IsOf(a, b) => BpcError.UnitMismatch,
        _ => BpcError.RuleType,
    };

    public static string Right(RuleType actual, RuleType wanted) => (actual, wanted) switch
    {
        (RuleType.Opt { Inner: RuleType.Bool }, RuleType.Bool) => "it may be none: add .or(false)",
        (RuleType.Opt o, _) when o.Inner.Fits(wanted) =>
            "it may be none: require(x, \"E001\", \"why\"), x.or(default), or pass it on as Opt",
        (_, RuleType.Opt o) when actual.Fits(o.Inner) => "write some(x)",
        (RuleType.Opt a, RuleType.Opt b) => Right(a.Inner, b.Inner),
        (_, RuleType.Opt b) => Right(actual, b.Inner) + "; then some(x)",
        (RuleType.Qty a, RuleType.Qty b) when !a.Unit.Equals(b.Unit) => UnitTable.Conversion(a.Unit, b.Unit) is null
            ? $"{a.Unit} does not become {b.Unit}" : $"write convert(x, {b.Unit})",
        (RuleType.Qty, RuleType.Dec) =>
            "the unit is still there; divide by a quantity of it, or declare the field as Qty",
        (RuleType.Dec, RuleType.Qty b) => $"give it a unit: qty(x, {b.Unit})",
        (RuleType.Ratio { Unit.IsNone: true }, RuleType.Qty b) =>
            $"a quotient without a unit: qty(round(x, {b.Scale}), {b.Unit})",
        (RuleType.Ratio a, RuleType.Dec or RuleType.Qty) when !IsOf(a, wanted) =>
            $"rounded it would be in {a.Unit}: mend the units of what is divided, or of what is wanted",
        (RuleType.Ratio, _) => Scale(wanted) is { } scale ? $"a quotient is exact until rounded: round(x, {scale})"
            : "round it first",
        (RuleType.Int, RuleType.Dec b) => $"write dec(x, {b.Scale})",
        (RuleType.Int, RuleType.Qty b) => $"write qty(dec(x, {b.Scale}), {b.Unit})",
        (RuleType.Dec { Scale: 0 }, RuleType.Int) => "write int(x)",
        _ when Scale(actual) is not null && Scale(wanted) is { } scale => $"write round(x, {scale})",
        (_, RuleType.Text) => "text(x) writes a number or a date as text",
        _ => $"there are no conversions the rule does not write; make it {wanted}",
    };

    // What is wanted without a number's unit is another mistake than the unit.
    private static bool IsOf(RuleType.Ratio ratio, RuleType wanted) => wanted switch
    {
        RuleType.Qty quantity => quantity.Unit.Equals(ratio.Unit),
        RuleType.Dec => ratio.Unit.IsNone,
        _ => true,
    };

    private static int? Scale(RuleType type) => type switch
    {
        RuleType.Dec d => d.Scale,
        RuleType.Qty q => q.Scale,
        _ => null,
    };

    private static RuleType Bare(RuleType type) => type is RuleType.Opt opt ? opt.Inner : type;
}
