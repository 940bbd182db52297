using Bpc.Core.Numbers;
using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Tests;

/// <summary>Checks what stands after <c>in</c> for one variable.</summary>
internal sealed class DomainChecker(VariableDeclaration variable, Symbols symbols, Diagnostics diagnostics)
{
    private static readonly Domain s_broken = Domain.Integers("", 0, 0);

    private readonly ExpressionChecker _checker = new(symbols, diagnostics, ExpressionPlace.TestInput);
    private readonly string _name = variable.Variable.Name;

    public Domain Check()
    {
        var type = variable.Type is RuleType.Opt opt ? opt.Inner : variable.Type;
        var domain = variable.Low is null ? Choices(type) : Range(type);
        return variable.Type is RuleType.Opt ? domain.OrNone() : domain;
    }

    private Domain Choices(RuleType type)
    {
        if (variable.Choices.Count == 0)
        {
            return Wrong(variable.Variable.At, "there is nothing to choose from", "list at least one value");
        }

        var values = new List<Value>();
        foreach (var choice in variable.Choices)
        {
            var value = _checker.Check(choice);
            _checker.Expect(value.Type, type, choice.At);
            if (!diagnostics.Any)
            {
                values.Add(Constant(value, choice.At));
            }
        }

        return values.Count == 0 ? s_broken : Domain.Choices(_name, values);
    }

    private Domain Range(RuleType type)
    {
        var (low, high) = (Bound(variable.Low!), Bound(variable.High!));
        return (type, low, high) switch
        {
            (_, null, _) or (_, _, null) => s_broken,
            (RuleType.Date, DateValue a, DateValue b) when a.Value <= b.Value => Domain.Dates(_name, a.Value, b.Value),
            (RuleType.Int, IntValue a, IntValue b) when a.Value <= b.Value => Domain.Integers(_name, a.Value, b.Value),
            (RuleType.Dec or RuleType.Qty, IntValue or DecimalValue, IntValue or DecimalValue) =>
                Decimals(OperatorChecker.Measure(type)!.Value.Scale, OperatorChecker.Decimal(low),
                    OperatorChecker.Decimal(high)),
            _ => Wrong(variable.Low!.At, $"this is no range of {variable.Type}",
                "Int, Dec, Qty and Date have ranges, the lower end first; others list their values: in [\"a\", \"b\"]"),
        };
    }

    private Domain Decimals(int scale, ExactDecimal low, ExactDecimal high)
    {
        if (low.Scale > scale || high.Scale > scale || low > high)
        {
            return Wrong(variable.Low!.At, $"this is no range of {variable.Type}",
                $"at most {scale} digits after the point, the lower end first");
        }

        var limit = new ExactDecimal(long.MaxValue / 2, scale);
        return -limit < low && high < limit
            ? Domain.Decimals(_name, low.Pad(scale), high.Pad(scale))
            : Wrong(variable.Low!.At, "the range is too wide", "at most 18 digits in all");
    }

    private Value? Bound(Expr bound)
    {
        var value = _checker.Check(bound);
        return value.Type is RuleType.Unknown ? null : Constant(value, bound.At);
    }

    private Value Constant(TypedExpression value, Span at)
    {
        try
        {
            using var nothing = new Evaluation(CaseInput.Empty, symbols.Slots, 0, null, proves: false);
            return value.Run(nothing).Value;
        }
        catch (RuleFailure failure)
        {
            diagnostics.Add(failure.Error, at, failure.Message, "a value that can be computed");
            return NoneValue.Instance;
        }
    }

    private Domain Wrong(Span at, string wrong, string right)
    {
        diagnostics.Add(BpcError.RuleType, at, wrong, right);
        return s_broken;
    }
}
