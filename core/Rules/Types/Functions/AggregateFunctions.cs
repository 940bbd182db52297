using Bpc.Core.Numbers;
using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>Functions that make one value of a list, or order it.</summary>
internal static class AggregateFunctions
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("sum", "sum(List(Int, Dec or Qty)) : its item; 0 for an empty list", 1, 1, Sum),
        new("min", "min(List(T)) : Opt(T), none for an empty list", 1, 1, call => Extreme(call, "min", -1)),
        new("max", "max(List(T)) : Opt(T), none for an empty list", 1, 1, call => Extreme(call, "max", 1)),
        new("sort", "sort(List(T)) : List(T), ascending", 1, 1, Sort),
        new("count", "count(List(T)) : Int", 1, 1, Count),
        new("first", "first(List(T)) : Opt(T)", 1, 1, First),
        new("contains", "contains(List(T), T) : Bool", 2, 2, Contains),
    ];

    /// <summary>Orders pairs by their key alone; LINQ's sort is stable.</summary>
    public static IComparer<(Traced Item, Traced Key)> ByKey { get; } =
        Comparer<(Traced Item, Traced Key)>.Create((a, b) => Ordering.Compare(a.Key.Value, b.Key.Value));

    public static bool IsOrdered(RuleType type) => type is RuleType.Int or RuleType.Dec or RuleType.Qty or RuleType.Text
        or RuleType.Date or RuleType.Nothing or RuleType.Unknown;

    private static TypedExpression Sum(CallSite call)
    {
        var (item, list) = call.List(0);
        if (OperatorChecker.Measure(item) is not { } measure)
        {
            return item is RuleType.Unknown ? TypedExpression.Unknown
                : call.Wrong(0, $"sum adds numbers, the items are {item}", Mismatch.Right(item, RuleType.Integer));
        }

        var isInteger = item is RuleType.Int;
        return new(item, call.Arithmetic(run =>
        {
            var source = list(run);
            var items = ((ListValue)source.Value).Items;
            run.Spend(items.Count);
            var total = new ExactDecimal(0, measure.Scale);
            foreach (var x in items)
            {
                total += OperatorChecker.Decimal(x.Value);
            }

            return run.Op("sum", isInteger ? NumberFunctions.Integer(total) : new DecimalValue(total), [source.Node]);
        }));
    }

    private static TypedExpression Extreme(CallSite call, string name, int sign)
    {
        var (item, list) = call.List(0);
        return Ordered(call, item) ?? new(RuleType.OptOf(item), run =>
        {
            var source = list(run);
            Value best = NoneValue.Instance;
            foreach (var x in ((ListValue)source.Value).Items)
            {
                run.Spend(1);
                best = best.IsNone || Ordering.Compare(x.Value, best) * sign > 0 ? x.Value : best;
            }

            return run.Op(name, best, [source.Node]);
        });
    }

    private static TypedExpression Sort(CallSite call)
    {
        var (item, list) = call.List(0);
        return Ordered(call, item) ?? new(new RuleType.List(item), run =>
        {
            var source = list(run);
            var sorted = run.Items(source).Select(x => (x, x)).Order(ByKey).Select(pair => pair.Item1).ToArray();
            return run.Op("sort", new ListValue(sorted), [source.Node]);
        });
    }

    private static TypedExpression Count(CallSite call)
    {
        var (_, list) = call.List(0);
        return new(RuleType.Integer, run =>
        {
            var source = list(run);
            return run.Op("count", new IntValue(((ListValue)source.Value).Items.Count), [source.Node]);
        });
    }

    private static TypedExpression First(CallSite call)
    {
        var (item, list) = call.List(0);
        return new(RuleType.OptOf(item), run =>
        {
            var source = list(run);
            run.Spend(((ListValue)source.Value).Items.Count);
            return run.Op("first", run.Items(source) is [var first, ..] ? first.Value
                : NoneValue.Instance, [source.Node]);
        });
    }

    private static TypedExpression Contains(CallSite call)
    {
        var (item, list) = call.List(0);
        var sought = call.Of(1, item);
        return Ordered(call, item) ?? new(RuleType.Boolean, run =>
        {
            var (source, value) = (list(run), sought(run));
            var items = ((ListValue)source.Value).Items;
            run.Spend(items.Count);
            var found = items.Any(x => Ordering.Compare(x.Value, value.Value) == 0);
            return run.Op("contains", BoolValue.Of(found), [source.Node, value.Node]);
        });
    }

    private static TypedExpression? Ordered(CallSite call, RuleType item) => IsOrdered(item)
        ? null : call.Wrong(0, $"items of type {item} have no order", "Int, Dec, Qty, Text and Date have one");
}
