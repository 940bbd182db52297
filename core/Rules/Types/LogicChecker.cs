using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// Comparison, and, or, not. With operands that may be none the answer may be none: unknown. false and unknown is
/// false, true or unknown is true, so what is certain without the missing value is not lost.
/// </summary>
internal sealed class LogicChecker(ExpressionChecker checker)
{
    public TypedExpression Not(Expr.Unary e, TypedExpression operand)
    {
        return new(Answer(Truth(operand.Type, e.Operand.At)), run =>
        {
            var value = operand.Run(run);
            Value result = value.Value is BoolValue truth ? BoolValue.Of(!truth.Value) : value.Value;
            return run.Op("not", result, [value.Node]);
        });
    }

    public TypedExpression Connect(Expr.Binary e, TypedExpression left, TypedExpression right)
    {
        var (a, b) = (Truth(left.Type, e.Left.At), Truth(right.Type, e.Right.At));
        // What decides alone: false for and, true for or. The other side is then not derived.
        var decisive = e.Operator == "or";
        return new(Answer(a, b), run =>
        {
            var first = left.Run(run);
            if (first.Value is BoolValue known && known.Value == decisive)
            {
                return run.Op(e.Operator, known, [first.Node]);
            }

            var second = right.Run(run);
            var decided = second.Value is BoolValue truth && truth.Value == decisive;
            return run.Op(e.Operator, first.Value.IsNone && !decided ? first.Value
                : second.Value, [first.Node, second.Node]);
        });
    }

    public TypedExpression Compare(Expr.Binary e, TypedExpression left, TypedExpression right)
    {
        var (a, b) = (Bare(left.Type), Bare(right.Type));
        var isEquality = e.Operator is "==" or "!=";
        if (!a.Equals(b) && !AreNumbersOfOneUnit(a, b))
        {
            var same = OperatorChecker.Measure(a) is null || OperatorChecker.Measure(b) is null ? "type" : "unit";
            return checker.Wrong(e.OperatorAt,
                $"'{e.Operator}' wants the same {same} on both sides, here are {left.Type} and {right.Type}",
                a is RuleType.Nothing || b is RuleType.Nothing
                    ? "whether a value is there, say isSome(x) and isNone(x)" : Mismatch.Right(b, a),
                Mismatch.Code(b, a));
        }

        if (a is not (RuleType.Int or RuleType.Dec or RuleType.Qty or RuleType.Text or RuleType.Date) && !(
            isEquality && a is RuleType.Bool))
        {
            return checker.Wrong(e.OperatorAt, $"'{e.Operator}' does not compare {a}",
                a is RuleType.Ratio ? "round both sides first"
                    : "numbers, texts and dates compare; Bool has == and !=");
        }

        var isOpt = left.Type is RuleType.Opt || right.Type is RuleType.Opt;
        return new(isOpt ? RuleType.OptOf(RuleType.Boolean) : RuleType.Boolean, run =>
        {
            var (x, y) = (left.Run(run), right.Run(run));
            Value result = x.Value.IsNone || y.Value.IsNone
                ? NoneValue.Instance : BoolValue.Of(Holds(e.Operator, Ordering.Compare(x.Value, y.Value)));
            return run.Op(e.Operator, result, [x.Node, y.Node]);
        });
    }

    // Both are exact, so a comparison loses nothing, however many digits are written.
    private static bool AreNumbersOfOneUnit(RuleType a, RuleType b) =>
        OperatorChecker.Measure(a) is { } x && OperatorChecker.Measure(b) is { } y && x.Unit.Equals(y.Unit);

    private RuleType Truth(RuleType type, Span at)
    {
        if (Bare(type) is RuleType.Bool or RuleType.Nothing or RuleType.Unknown)
        {
            return type;
        }

        checker.Expect(type, RuleType.Boolean, at);
        return RuleType.Anything;
    }

    // What may be none makes the answer unknown, also where it is never anything else.
    private static RuleType Answer(params ReadOnlySpan<RuleType> operands)
    {
        var answer = RuleType.Boolean;
        foreach (var operand in operands)
        {
            if (operand is RuleType.Unknown)
            {
                return operand;
            }

            answer = operand is RuleType.Opt or RuleType.Nothing ? RuleType.OptOf(RuleType.Boolean) : answer;
        }

        return answer;
    }

    private static bool Holds(string comparison, int order) => comparison switch
    {
        "==" => order == 0,
        "!=" => order != 0,
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        _ => order >= 0,
    };

    private static RuleType Bare(RuleType type) => type is RuleType.Opt opt ? opt.Inner : type;
}
