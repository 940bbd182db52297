using System.Numerics;
using Bpc.Core.Numbers;
using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// Types and compiles operators. Comparison, and, or, not take operands that may be none and then may be none
/// themselves.
/// </summary>
internal sealed class OperatorChecker(ExpressionChecker checker)
{
    public TypedExpression Unary(Expr.Unary e)
    {
        var operand = checker.Check(e.Operand);
        if (e.Operator == "not")
        {
            return new LogicChecker(checker).Not(e, operand);
        }

        return operand.Type switch
        {
            RuleType.Unknown => TypedExpression.Unknown,
            RuleType.Int or RuleType.Dec or RuleType.Qty => new(operand.Type, run =>
            {
                var value = operand.Run(run);
                return run.Op("-", Negated(value.Value), [value.Node]);
            }),
            _ => checker.Wrong(e.At, $"'-' wants a number, this is {operand.Type}", Hint(operand.Type)),
        };
    }

    public TypedExpression Binary(Expr.Binary e)
    {
        var (left, right) = (checker.Check(e.Left), checker.Check(e.Right));
        if (e.Operator is "and" or "or")
        {
            return new LogicChecker(checker).Connect(e, left, right);
        }

        if (left.Type is RuleType.Unknown || right.Type is RuleType.Unknown)
        {
            return TypedExpression.Unknown;
        }

        return e.Operator switch
        {
            "+" when left.Type is RuleType.Text && right.Type is RuleType.Text => Concatenate(left, right),
            "+" or "-" => Sum(e, left, right),
            "*" => Product(e, left, right),
            "/" => Quotient(e, left, right),
            _ => new LogicChecker(checker).Compare(e, left, right),
        };
    }

    /// <summary>An Int, Dec or Qty as an exact decimal.</summary>
    public static ExactDecimal Decimal(Value value) => value is IntValue integer
        ? new(integer.Value, 0) : ((DecimalValue)value).Value;

    /// <summary>Unit and scale of a number; null for anything else.</summary>
    public static (Unit Unit, int Scale)? Measure(RuleType type) => type switch
    {
        RuleType.Int => (Unit.None, 0),
        RuleType.Dec d => (Unit.None, d.Scale),
        RuleType.Qty q => (q.Unit, q.Scale),
        _ => null,
    };

    private static Value Negated(Value value) => value is IntValue integer
        ? new IntValue(-integer.Value) : new DecimalValue(-((DecimalValue)value).Value);

    private static TypedExpression Concatenate(TypedExpression left, TypedExpression right) =>
        new(RuleType.String, run =>
        {
            var (a, b) = (left.Run(run), right.Run(run));
            var (start, end) = (((TextValue)a.Value).Value, ((TextValue)b.Value).Value);
            Evaluation.Grow(start.Length + end.Length);
            return run.Op("+", new TextValue(start + end), [a.Node, b.Node]);
        });

    private TypedExpression Sum(Expr.Binary e, TypedExpression left, TypedExpression right)
    {
        if (!left.Type.Equals(right.Type) || Measure(left.Type) is null)
        {
            return Differ(e, left.Type, right.Type);
        }

        var sign = e.Operator == "+" ? 1 : -1;
        return Operation(e, left.Type, left, right, (a, b) => (a, b) switch
        {
            (IntValue x, IntValue y) => new IntValue(x.Value + (sign * y.Value)),
            (DecimalValue x, DecimalValue y) => new DecimalValue(sign > 0 ? x.Value + y.Value : x.Value - y.Value),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private TypedExpression Product(Expr.Binary e, TypedExpression left, TypedExpression right)
    {
        if (Measure(left.Type) is not { } a || Measure(right.Type) is not { } b)
        {
            return NoNumbers(e, left.Type, right.Type);
        }

        if (left.Type is RuleType.Int && right.Type is RuleType.Int)
        {
            return Operation(e, RuleType.Integer, left, right, (x, y) =>
                IntValue.Of((BigInteger)((IntValue)x).Value * ((IntValue)y).Value));
        }

        var unit = a.Unit.Times(b.Unit);
        return unit.IsTooHigh ? TooHigh(e, unit) : a.Scale + b.Scale > RuleType.MaxIntermediateScale
            ? checker.Wrong(e.OperatorAt, $"the product has {a.Scale + b.Scale} digits after the point",
                $"at most {RuleType.MaxIntermediateScale}; round a factor first")
            : Operation(e, RuleType.NumberOf(unit, a.Scale + b.Scale), left, right,
                (x, y) => new DecimalValue(Decimal(x) * Decimal(y)));
    }

    private TypedExpression Quotient(Expr.Binary e, TypedExpression left, TypedExpression right)
    {
        if (Measure(left.Type) is not { } a || Measure(right.Type) is not { } b)
        {
            return NoNumbers(e, left.Type, right.Type);
        }

        var unit = a.Unit.Per(b.Unit);
        return unit.IsTooHigh ? TooHigh(e, unit) : Operation(e, new RuleType.Ratio(unit), left, right,
            (x, y) => new RatioValue(ExactRatio.Of(Decimal(x), Decimal(y))));
    }

    private TypedExpression TooHigh(Expr.Binary e, Unit unit) => checker.Wrong(
        e.OperatorAt, $"the unit {unit} has a power beyond {Unit.MaxPower}",
        "no quantity is measured in it; look at what is multiplied and divided");

    private TypedExpression Operation(
        Expr.Binary e, RuleType type, TypedExpression left, TypedExpression right, Func<Value, Value, Value> apply) =>
        new(type, checker.Arithmetic(e.OperatorAt, run =>
        {
            var (a, b) = (left.Run(run), right.Run(run));
            return run.Op(e.Operator, apply(a.Value, b.Value), [a.Node, b.Node]);
        }));

    private TypedExpression Differ(Expr.Binary e, RuleType left, RuleType right) =>
        Measure(left) is null || Measure(right) is null
        ? NoNumbers(e, left, right)
        : checker.Wrong(e.OperatorAt, $"'{e.Operator}' wants the same unit and scale, here are {left} and {right}",
            Mismatch.Right(right, left), Mismatch.Code(right, left));

    private TypedExpression NoNumbers(Expr.Binary e, RuleType left, RuleType right) => checker.Wrong(
        e.OperatorAt, $"'{e.Operator}' does not take {left} and {right}", Hint(Measure(left) is null ? left : right));

    private static string Hint(RuleType type) => type switch
    {
        RuleType.Opt => "it may be none: require(x, \"E001\", \"why\"), x.or(default), or x.then(v => …)",
        RuleType.Ratio => "a quotient is exact until rounded: round(x, scale)",
        _ => "numbers are Int, Dec and Qty; texts join with +",
    };
}
