using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>One function of the language.</summary>
/// <param name="Signature">As a reader of the reference sees it; shown when a call does not fit.</param>
/// <param name="Lambda">Which argument is a lambda, and of how many parameters; −1 for none.</param>
internal sealed record Builtin(
    string Name, string Signature, int Least, int Most, Func<CallSite, TypedExpression> Check, int Lambda = -1,
    int Parameters = 0);

/// <summary>All functions by name.</summary>
internal static class Builtins
{
    private static readonly Dictionary<string, Builtin> s_byName =
        new IEnumerable<Builtin>[]
        {
            FactFunctions.All, OptFunctions.All, ListFunctions.All, AggregateFunctions.All, NumberFunctions.All,
                TextFunctions.All,
        }.SelectMany(all => all).ToDictionary(b => b.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Signatures => s_byName.Values.Select(b => b.Signature);

    public static TypedExpression Check(ExpressionChecker checker, Expr.Call call)
    {
        if (!s_byName.TryGetValue(call.Function, out var builtin))
        {
            var close = checker.Nearest(call.Function, s_byName.Keys);
            checker.CheckAlone(call.Arguments, exceptUnit: close is "qty" or "convert");
            return checker.Wrong(call.FunctionAt, $"unknown function '{call.Function}'",
                close is null ? $"functions are {string.Join(", ", s_byName.Keys.Order(StringComparer.Ordinal))}"
                    : $"did you mean {close}?");
        }

        var count = call.Arguments.Count;
        if (count < builtin.Least || count > builtin.Most)
        {
            var wanted = builtin.Least == builtin.Most ? $"{builtin.Least}" : $"{builtin.Least} or {builtin.Most}";
            checker.CheckAlone(call.Arguments);
            return checker.Wrong(
                call.FunctionAt, $"{call.Function} takes {wanted} arguments, here are {count}", builtin.Signature);
        }

        for (var i = 0; i < count; i++)
        {
            var isLambda = call.Arguments[i] is Expr.Lambda;
            if (isLambda != (i == builtin.Lambda))
            {
                checker.CheckAlone(call.Arguments);
                return checker.Wrong(call.Arguments[i].At,
                    isLambda ? "no lambda belongs here" : "expected a lambda: x => …", builtin.Signature);
            }

            if (call.Arguments[i] is Expr.Lambda lambda && lambda.Parameters.Count != builtin.Parameters)
            {
                checker.CheckAlone(call.Arguments);
                return checker.Wrong(lambda.At,
                    $"the lambda has {lambda.Parameters.Count} parameters, {builtin.Parameters} are passed to it",
                    builtin.Signature);
            }
        }

        return builtin.Check(new(checker, call, builtin));
    }
}
