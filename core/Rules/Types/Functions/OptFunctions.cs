using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>Functions on values that may be none, and requirements.</summary>
internal static class OptFunctions
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("require", "require(Opt(T), \"E001\", message) : T, or the compile ends with RULE_ASSERT_FAILED", 3, 3,
            Require),
        new("ensure", "ensure(T, x => Bool, \"E001\", message) : T, or the compile ends with RULE_ASSERT_FAILED", 4, 4,
            Ensure, 1, 1),
        new("some", "some(T) : Opt(T)", 1, 1, Some),
        new("isSome", "isSome(Opt(T)) : Bool", 1, 1, call => Presence(call, true)),
        new("isNone", "isNone(Opt(T)) : Bool", 1, 1, call => Presence(call, false)),
        new("or", "x.or(default) : T where default is T, Opt(T) where default is Opt(T)", 2, 2, Or),
        new("then", "then(Opt(T), x => R or Opt(R)) : Opt(R)", 2, 2, Then, 1, 1),
        new("both", "both(Opt(A), Opt(B), (a, b) => R or Opt(R)) : Opt(R)", 3, 3, Both, 2, 2),
        new("filled", "filled(Opt(T)) : Opt(T), none where a text is blank or a list empty", 1, 1, Filled),
        new("present", "present(List(Opt(T))) : List(T), those that have a value", 1, 1, Present),
    ];

    private static TypedExpression Require(CallSite call)
    {
        var (inner, opt) = call.Opt(0);
        var code = call.Literal(1, "the code");
        var message = call.Of(2, RuleType.String);
        var failing = call.Branch($"require fails with {code}");
        return new(inner, run =>
        {
            var value = opt(run);
            return value.Value.IsNone ? throw Failed(run, failing, code, message)
                : run.Assert(code, value.Value, [value.Node]);
        });
    }

    private static TypedExpression Ensure(CallSite call)
    {
        var value = call.Any(0);
        var holds = call.Lambda(1, value.Type);
        call.Checker.Expect(holds.Type, RuleType.Boolean, call.LambdaBodyAt(1));
        var code = call.Literal(2, "the code");
        var message = call.Of(3, RuleType.String);
        var failing = call.Branch($"ensure fails with {code}");
        return new(value.Type, run =>
        {
            var checkedValue = value.Run(run);
            var condition = holds.Call(run, checkedValue);
            return condition.Value is BoolValue { Value: true }
                ? run.Assert(code, checkedValue.Value, [checkedValue.Node, condition.Node])
                : throw Failed(run, failing, code, message);
        });
    }

    private static RuleFailure Failed(Evaluation run, int branch, string code, CompiledExpression message)
    {
        run.Reached(branch);
        return RuleFailure.Requirement(code, ((TextValue)message(run).Value).Value);
    }

    private static TypedExpression Some(CallSite call)
    {
        var value = call.Any(0);
        return value.Type is RuleType.Opt
            ? call.Wrong(0, $"this is {value.Type} already", "leave some out")
            : new(RuleType.OptOf(value.Type), value.Run);
    }

    private static TypedExpression Presence(CallSite call, bool wanted)
    {
        var (_, opt) = call.Opt(0);
        return new(RuleType.Boolean, run =>
        {
            var value = opt(run);
            return run.Op(wanted ? "isSome" : "isNone", BoolValue.Of(value.Value.IsNone != wanted), [value.Node]);
        });
    }

    private static TypedExpression Or(CallSite call)
    {
        var (inner, opt) = call.Opt(0);
        var otherwise = call.Any(1);
        var (given, missing) = (call.Branch("or: value"), call.Branch("or: default"));
        var bare = otherwise.Type is RuleType.Opt o ? o.Inner : otherwise.Type;
        if (RuleType.Join(inner, bare) is not { } type)
        {
            return call.Wrong(1, $"the default is {otherwise.Type}, the value {inner}",
                Mismatch.Right(otherwise.Type, inner),
                Mismatch.Code(otherwise.Type, inner));
        }

        return new(otherwise.Type is RuleType.Opt ? RuleType.OptOf(type) : type, run =>
        {
            var value = opt(run);
            run.Reached(value.Value.IsNone ? missing : given);
            if (!value.Value.IsNone)
            {
                return run.Op("or", value.Value, [value.Node]);
            }

            var instead = otherwise.Run(run);
            return run.Op("or", instead.Value, [value.Node, instead.Node]);
        });
    }

    private static TypedExpression Then(CallSite call)
    {
        var (inner, opt) = call.Opt(0);
        var (some, none) = (call.Branch("then: some"), call.Branch("then: none"));
        var lambda = call.Lambda(1, inner);
        return new(RuleType.OptOf(lambda.Type), run =>
        {
            var value = opt(run);
            run.Reached(value.Value.IsNone ? none : some);
            if (value.Value.IsNone)
            {
                return run.Op("then", NoneValue.Instance, [value.Node]);
            }

            var result = lambda.Call(run, value);
            return run.Op("then", result.Value, [value.Node, result.Node]);
        });
    }

    private static TypedExpression Both(CallSite call)
    {
        var ((first, firstOpt), (second, secondOpt)) = (call.Opt(0), call.Opt(1));
        var (some, none) = (call.Branch("both: some"), call.Branch("both: none"));
        var lambda = call.Lambda(2, first, second);
        return new(RuleType.OptOf(lambda.Type), run =>
        {
            var (a, b) = (firstOpt(run), secondOpt(run));
            var isNone = a.Value.IsNone || b.Value.IsNone;
            run.Reached(isNone ? none : some);
            if (isNone)
            {
                return run.Op("both", NoneValue.Instance, [a.Node, b.Node]);
            }

            var result = lambda.Call(run, a, b);
            return run.Op("both", result.Value, [a.Node, b.Node, result.Node]);
        });
    }

    // Whoever has to fill a form writes a blank or an empty list; that must not pass for a value.
    private static TypedExpression Filled(CallSite call)
    {
        var (inner, opt) = call.Opt(0);
        if (inner is not (RuleType.Text or RuleType.List or RuleType.Record or RuleType.Unknown or RuleType.Nothing))
        {
            return call.Wrong(0, $"a value of type {inner} is never blank", "leave filled out");
        }

        var (filled, blank) = (call.Branch("filled: value"), call.Branch("filled: blank"));
        return new(RuleType.OptOf(inner), run =>
        {
            var value = opt(run);
            if (value.Value.IsNone)
            {
                return run.Op("filled", NoneValue.Instance, [value.Node]);
            }

            run.Spend(value.Value.Size);
            var says = SaysSomething(value.Value);
            run.Reached(says ? filled : blank);
            return run.Op("filled", says ? value.Value : NoneValue.Instance, [value.Node]);
        });
    }

    // A list or record with a blank in it is half filled in, which is not filled in. A member that is none is optional,
    // as long as another one is there.
    private static bool SaysSomething(Value value) => value switch
    {
        NoneValue => false,
        TextValue text => !string.IsNullOrWhiteSpace(text.Value),
        ListValue list => list.Items.Count > 0 && list.Items.All(item => SaysSomething(item.Value)),
        RecordValue record => SaysSomething([.. record.Members.Select(m => m.Value.Value).Where(m => !m.IsNone)]),
        _ => true,
    };

    private static bool SaysSomething(List<Value> members) => members.Count > 0 && members.TrueForAll(SaysSomething);

    private static TypedExpression Present(CallSite call)
    {
        var (item, list) = call.List(0);
        if (item is not (RuleType.Opt or RuleType.Unknown or RuleType.Nothing))
        {
            return call.Wrong(0, $"the items are {item}, they all have a value", "leave present out");
        }

        return new(new RuleType.List(item is RuleType.Opt opt ? opt.Inner : item), run =>
        {
            var source = list(run);
            run.Spend(((ListValue)source.Value).Items.Count);
            var kept = run.Items(source).Where(i => !i.Value.IsNone).ToArray();
            return run.Op("present", new ListValue(kept), [source.Node]);
        });
    }
}
