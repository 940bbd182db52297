using Bpc.Core.Numbers;
using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>Functions on numbers. Only round loses digits, and says so.</summary>
internal static class NumberFunctions
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("round", "round(number or quotient, scale), half to even; the scale is written out", 2, 2, Round),
        new("qty", "qty(Int or Dec, unit) : Qty(unit, scale)", 2, 2, Quantity),
        new("convert", "convert(Qty, unit) : the same quantity in another unit, exactly", 2, 2, Convert),
        new("dec", "dec(Int, scale) : Dec(scale)", 2, 2, ToDecimal),
        new("int", "int(Dec(0)) : Int", 1, 1, ToInteger),
        new("abs", "abs(Int, Dec or Qty) : the same without its sign", 1, 1, Absolute),
    ];

    /// <summary>A decimal without fraction as an Int; beyond its range is an overflow.</summary>
    public static IntValue Integer(ExactDecimal value) => IntValue.Of(value.Unscaled);

    private static TypedExpression Round(CallSite call)
    {
        var value = call.Any(0);
        var scale = call.Scale(1, RuleType.MaxScale);
        var (unit, rounded) = value.Type switch
        {
            RuleType.Ratio ratio => (ratio.Unit, v => ((RatioValue)v).Value.Round(scale)),
            _ when OperatorChecker.Measure(value.Type) is { } measure =>
                (measure.Unit, (Func<Value, ExactDecimal>)(v => OperatorChecker.Decimal(v).Round(scale))),
            _ => (null, null),
        };
        if (unit is null || rounded is null)
        {
            return value.Type is RuleType.Unknown ? value
                : call.Wrong(0, $"round wants a number, this is {value.Type}",
                    Mismatch.Right(value.Type, new RuleType.Dec(scale)));
        }

        return new(RuleType.NumberOf(unit, scale), call.Arithmetic(run =>
        {
            var source = value.Run(run);
            return run.Op("round", new DecimalValue(rounded(source.Value)), [source.Node]);
        }));
    }

    private static TypedExpression Quantity(CallSite call)
    {
        var (type, _, scale, number) = call.Number(0);
        var unit = call.UnitName(1);
        if (type is RuleType.Qty quantity)
        {
            return call.Wrong(0, $"this has the unit {quantity.Unit} already", $"convert(x, {unit}) changes it",
                BpcError.UnitMismatch);
        }

        return unit is null ? TypedExpression.Unknown : new(RuleType.NumberOf(unit, scale), run =>
        {
            var source = number(run);
            return run.Op("qty", new DecimalValue(OperatorChecker.Decimal(source.Value)), [source.Node],
                unit: unit.Text);
        });
    }

    private static TypedExpression Convert(CallSite call)
    {
        var (type, from, scale, number) = call.Number(0);
        if (call.UnitName(1) is not { } to || type is RuleType.Unknown)
        {
            return TypedExpression.Unknown;
        }

        if (UnitTable.Conversion(from, to) is not { } conversion || scale
            + conversion.AddedScale > RuleType.MaxIntermediateScale)
        {
            return call.Wrong(0, $"{from} does not become {to} exactly",
                "divide by a quantity and round, or declare the unit the data has",
                BpcError.UnitMismatch);
        }

        var factor = new ExactDecimal(conversion.Factor, conversion.AddedScale);
        return new(RuleType.NumberOf(to, scale + conversion.AddedScale), call.Arithmetic(run =>
        {
            var source = number(run);
            return run.Op("convert", new DecimalValue(OperatorChecker.Decimal(source.Value) * factor), [source.Node],
                unit: to.Text);
        }));
    }

    private static TypedExpression ToDecimal(CallSite call)
    {
        var number = call.Of(0, RuleType.Integer);
        var scale = call.Scale(1, RuleType.MaxScale);
        return new(new RuleType.Dec(scale), run =>
        {
            var source = number(run);
            return run.Op("dec", new DecimalValue(OperatorChecker.Decimal(source.Value).Pad(scale)), [source.Node]);
        });
    }

    private static TypedExpression ToInteger(CallSite call)
    {
        var number = call.Of(0, new RuleType.Dec(0));
        return new(RuleType.Integer, call.Arithmetic(run =>
        {
            var source = number(run);
            return run.Op("int", Integer(((DecimalValue)source.Value).Value), [source.Node]);
        }));
    }

    private static TypedExpression Absolute(CallSite call)
    {
        var (type, _, _, number) = call.Number(0);
        return new(type, run =>
        {
            var source = number(run);
            Value size = source.Value is IntValue integer ? new IntValue(Math.Abs(integer.Value))
                : ((DecimalValue)source.Value).Value is { Unscaled.Sign: < 0 } negative ? new DecimalValue(-negative)
                : source.Value;
            return run.Op("abs", size, [source.Node]);
        });
    }
}
