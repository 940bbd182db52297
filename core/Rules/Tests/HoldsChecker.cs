using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Tests;

/// <summary>Compiles <c>expect CONDITION</c>; a comparison that fails shows both its sides.</summary>
internal sealed class HoldsChecker(ExpressionChecker checker)
{
    public Expectation Check(Expr condition, string source)
    {
        var holds = checker.Check(condition);
        if (holds.Type is not RuleType.Opt { Inner: RuleType.Bool or RuleType.Nothing })
        {
            checker.Expect(holds.Type, RuleType.Boolean, condition.At);
        }

        var shown = condition is Expr.Binary { Operator: not ("and" or "or") } comparison
            ? new[] { checker.Check(comparison.Left).Run, checker.Check(comparison.Right).Run } : [];
        return new(source, false, outcome =>
            outcome.Failure is null ? Actual(outcome.Evaluation, holds.Run, shown) : outcome.Error);
    }

    private static string? Actual(Evaluation run, CompiledExpression holds, CompiledExpression[] shown)
    {
        try
        {
            return holds(run).Value switch
            {
                BoolValue { Value: true } => null,
                _ when shown.Length > 0 => string.Join(" and ", shown.Select(side => side(run).Value.Shown)),
                BoolValue => "false",
                _ => "unknown, for a value is missing",
            };
        }
        catch (RuleFailure failure)
        {
            return failure.Message;
        }
    }
}
