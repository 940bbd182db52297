using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// Functions that go through a list with a lambda. Their proof has the list and each step as children.
/// </summary>
internal static class ListFunctions
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("map", "map(List(T), x => R) : List(R)", 2, 2, Map, 1, 1),
        new("filter", "filter(List(T), x => Bool) : List(T)", 2, 2, Filter, 1, 1),
        new("any", "any(List(T), x => Bool) : Bool", 2, 2, call => Quantifier(call, "any", decisive: true), 1, 1),
        new("all", "all(List(T), x => Bool) : Bool", 2, 2, call => Quantifier(call, "all", decisive: false), 1, 1),
        new("fold", "fold(List(T), start, (sum, x) => R) : R, where start is R", 3, 3, Fold, 2, 2),
        new("sortBy", "sortBy(List(T), x => key) : List(T), stable", 2, 2, SortBy, 1, 1),
    ];

    private static TypedExpression Map(CallSite call)
    {
        var (item, list) = call.List(0);
        var lambda = call.Lambda(1, item);
        return new(new RuleType.List(lambda.Type), run =>
        {
            var source = list(run);
            var mapped = Array.ConvertAll(run.Items(source), x => lambda.Call(run, x));
            return run.Op("map", new ListValue(mapped), Children(source, mapped));
        });
    }

    private static TypedExpression Filter(CallSite call)
    {
        var (item, list) = call.List(0);
        var lambda = Predicate(call, item);
        return new(new RuleType.List(item), run =>
        {
            var source = list(run);
            var items = run.Items(source);
            var answers = Array.ConvertAll(items, x => lambda.Call(run, x));
            var kept = items.Where((_, i) => IsTrue(answers[i])).ToArray();
            return run.Op("filter", new ListValue(kept), Children(source, answers));
        });
    }

    // All items are asked, so that the proof does not depend on which answers first.
    private static TypedExpression Quantifier(CallSite call, string name, bool decisive)
    {
        var (item, list) = call.List(0);
        var lambda = Predicate(call, item);
        return new(RuleType.Boolean, run =>
        {
            var source = list(run);
            var answers = Array.ConvertAll(run.Items(source), x => lambda.Call(run, x));
            var result = answers.Any(answer => IsTrue(answer) == decisive) ? decisive : !decisive;
            return run.Op(name, BoolValue.Of(result), Children(source, answers));
        });
    }

    private static TypedExpression Fold(CallSite call)
    {
        var (item, list) = call.List(0);
        var start = call.Any(1);
        var lambda = call.Lambda(2, start.Type, item);
        if (RuleType.Join(start.Type, lambda.Type) is not { } type || !type.Equals(start.Type))
        {
            return call.Wrong(2, $"the start is {start.Type}, each step gives {lambda.Type}",
                Mismatch.Right(lambda.Type, start.Type),
                Mismatch.Code(lambda.Type, start.Type));
        }

        return new(type, run =>
        {
            var source = list(run);
            var first = start.Run(run);
            var sum = first;
            foreach (var x in run.Items(source))
            {
                sum = lambda.Call(run, sum, x);
            }

            return run.Op("fold", sum.Value, [source.Node, first.Node, sum.Node]);
        });
    }

    private static TypedExpression SortBy(CallSite call)
    {
        var (item, list) = call.List(0);
        var key = call.Lambda(1, item);
        if (!AggregateFunctions.IsOrdered(key.Type))
        {
            return call.Wrong(1, $"nothing sorts by {key.Type}", "sort by an Int, Dec, Qty, Text or Date");
        }

        return new(new RuleType.List(item), run =>
        {
            var source = list(run);
            var items = run.Items(source);
            var keys = Array.ConvertAll(items, x => key.Call(run, x));
            var sorted = items.Zip(keys).Order(AggregateFunctions.ByKey).Select(pair => pair.Item1).ToArray();
            return run.Op("sortBy", new ListValue(sorted), Children(source, keys));
        });
    }

    private static TypedLambda Predicate(CallSite call, RuleType item)
    {
        var lambda = call.Lambda(1, item);
        call.Checker.Expect(lambda.Type, RuleType.Boolean, call.LambdaBodyAt(1));
        return lambda;
    }

    private static bool IsTrue(Traced answer) => ((BoolValue)answer.Value).Value;

    private static int[] Children(Traced source, Traced[] steps) => [source.Node, .. steps.Select(step => step.Node)];
}
