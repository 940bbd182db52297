using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// One call being checked: its arguments by the kind a function wants. What does not fit is reported and taken as
/// unknown.
/// </summary>
internal sealed class CallSite(ExpressionChecker checker, Expr.Call call, Builtin builtin)
{
    public ExpressionChecker Checker => checker;

    public int Count => call.Arguments.Count;

    // Written into the proof at every step that says them.
    private const int MaxLiteral = 200;

    public TypedExpression Any(int index) => checker.Check(call.Arguments[index]);

    public CompiledExpression Of(int index, RuleType wanted)
    {
        var argument = Any(index);
        checker.Expect(argument.Type, wanted, At(index));
        return argument.Run;
    }

    /// <summary>A list and the type of its items.</summary>
    public (RuleType Item, CompiledExpression Run) List(int index)
    {
        var argument = Any(index);
        return argument.Type switch
        {
            RuleType.List list => (list.Item, argument.Run),
            RuleType.Unknown => (RuleType.Anything, argument.Run),
            _ => (Wrong(index, $"expected a list, found {argument.Type}", builtin.Signature).Type,
                argument.Run),
        };
    }

    /// <summary>A value that may be none and the type of what is in it.</summary>
    public (RuleType Inner, CompiledExpression Run) Opt(int index)
    {
        var argument = Any(index);
        return argument.Type switch
        {
            RuleType.Opt opt => (opt.Inner, argument.Run),
            RuleType.Unknown => (RuleType.Anything, argument.Run),
            _ => (Wrong(index, $"{call.Function} wants an Opt, this is {argument.Type}, which always has a value",
                $"leave {call.Function} out").Type, argument.Run),
        };
    }

    /// <summary>A number, its unit and scale.</summary>
    public (RuleType Type, Unit Unit, int Scale, CompiledExpression Run) Number(int index)
    {
        var argument = Any(index);
        if (OperatorChecker.Measure(argument.Type) is { } measure)
        {
            return (argument.Type, measure.Unit, measure.Scale, argument.Run);
        }

        if (argument.Type is not RuleType.Unknown)
        {
            Wrong(index, $"expected a number, found {argument.Type}",
                Mismatch.Right(argument.Type, RuleType.Integer));
        }

        return (RuleType.Anything, Unit.None, 0, argument.Run);
    }

    public TypedLambda Lambda(int index, params ReadOnlySpan<RuleType> parameters) =>
        checker.Lambda((Expr.Lambda)call.Arguments[index], parameters);

    public Span LambdaBodyAt(int index) => ((Expr.Lambda)call.Arguments[index]).Body.At;

    /// <summary>A whole number written out, where the type of the result depends on it.</summary>
    public int Scale(int index, int most)
    {
        if (call.Arguments[index] is Expr.Number number && int.TryParse(number.Digits, out var scale) && scale <= most)
        {
            return scale;
        }

        Wrong(index, "the scale is not a written number",
            $"write a whole number from 0 to {most}; it decides the type");
        return 0;
    }

    /// <summary>A text written out, such as the code of a requirement.</summary>
    public string Literal(int index, string what)
    {
        if (call.Arguments[index] is not Expr.Text { Value.Length: > 0 } text)
        {
            Wrong(index, $"{what} is not a written text", $"write {what} between quotes");
            return "";
        }

        if (text.Value.Length > MaxLiteral)
        {
            Wrong(index, $"{what} is longer than {MaxLiteral} characters", "a few letters and digits are enough");
        }

        return text.Value;
    }

    public Unit? UnitName(int index)
    {
        if (call.Arguments[index] is Expr.UnitName unit)
        {
            return unit.Unit;
        }

        Wrong(index, "expected a unit", builtin.Signature);
        return null;
    }

    public int Branch(string name) => checker.Branch(call.FunctionAt, name);

    public CompiledExpression Arithmetic(CompiledExpression expression) =>
        checker.Arithmetic(call.FunctionAt, expression);

    public TypedExpression Wrong(int index, string wrong, string right, BpcError? code = null) =>
        checker.Wrong(At(index), wrong, right, code);

    public Span At(int index) => call.Arguments[index].At;
}
