using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>Functions that read the snapshot.</summary>
internal static class FactFunctions
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("fact", "fact(\"Type\", key) : Opt(Record)", 2, 2, Fact),
        new("facts", "facts(\"Type\", keyPrefix) : List(Record), ordered by key", 2, 2, Facts),
    ];

    private static TypedExpression Fact(CallSite call)
    {
        var (type, shape) = Shape(call);
        var key = call.Of(1, RuleType.String);
        return shape is null
            ? TypedExpression.Unknown
            : new(new RuleType.Opt(shape), run => run.Fact(type, shape, key(run)));
    }

    private static TypedExpression Facts(CallSite call)
    {
        var (type, shape) = Shape(call);
        var prefix = call.Of(1, RuleType.String);
        return shape is null ? TypedExpression.Unknown : new(new RuleType.List(shape), run =>
        {
            var start = prefix(run);
            var found = run.Facts.WithPrefix(type, ((TextValue)start.Value).Value);
            var records = found.Select(fact => run.Fact(fact, shape, start.Node)).ToArray();
            return run.FactList(type, records, found.Select(fact => fact.FactKey), start.Node);
        });
    }

    private static (string Type, RuleType.Record? Shape) Shape(CallSite call)
    {
        call.Checker.ReadsFacts = true;
        var type = call.Literal(0, "the fact type");
        var shape = call.Checker.Symbols.Facts.GetValueOrDefault(type);
        if (type.Length > 0 && !call.Checker.Symbols.Facts.ContainsKey(type))
        {
            call.Wrong(0, $"no facts \"{type}\" are declared",
                call.Checker.Nearest(type, call.Checker.Symbols.Facts.Keys) is { } close ? $"did you mean \"{close}\"?"
                : $"say what the package reads of them: facts {type} {{ member : Opt(Text) }}");
        }

        return (type, shape);
    }
}
