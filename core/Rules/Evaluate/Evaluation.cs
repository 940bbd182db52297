using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;

namespace Bpc.Core.Rules.Evaluate;

/// <summary>One run of a package over one input: fuel, facts, variables, and the proof as it grows.</summary>
internal sealed class Evaluation(RuleInput input, int slots, int fields, Coverage? coverage, bool proves)
    : IDisposable
{
    /// <summary>Steps one passport may take; RULE_BUDGET_EXCEEDED beyond.</summary>
    public const int Fuel = 1_000_000;

    /// <summary>The longest text rules may put together.</summary>
    public const int MaxTextLength = 65_536;

    private long _fuel = Fuel;

    public RuleInput Input { get; } = input;

    /// <summary>
    /// Null while a package's own tests run: they look at values and outcomes, and proving would be most of the work.
    /// </summary>
    public ProofBuilder? Proof { get; } = proves ? new() : null;

    public FactIndex Facts { get; } = new(input.Facts);

    /// <summary>Variables of lets and lambdas; the compiler has numbered them.</summary>
    public Traced[] Slots { get; } = new Traced[slots];

    /// <summary>The fields derived so far, by their index in the source.</summary>
    public Traced[] FieldValues { get; } = new Traced[fields];

    /// <summary>The field or check being derived, for messages.</summary>
    public string? Place { get; set; }

    public void Dispose() => Proof?.Dispose();

    public void Reached(int branch) => coverage?.Branch(branch);

    public void Spend(long steps)
    {
        _fuel -= steps;
        if (_fuel < 0)
        {
            throw RuleFailure.Of(
                BpcError.RuleBudgetExceeded, $"the rules take more than {Fuel} steps for this passport");
        }
    }

    /// <summary>A text of that length is about to be put together.</summary>
    public static void Grow(long length)
    {
        if (length > MaxTextLength)
        {
            throw RuleFailure.Of(
                BpcError.RuleBudgetExceeded, $"a text grows beyond {MaxTextLength} characters");
        }
    }

    public Traced Const(Value value)
    {
        Spend(value.Size);
        return new(value, Proof?.Const(value) ?? 0);
    }

    public Traced Op(string op, Value result, ReadOnlySpan<int> children, string? path = null, string? unit = null)
    {
        Spend(result.Size);
        return new(result, Proof?.Op(op, result, children, path, unit) ?? 0);
    }

    public Traced Assert(string code, Value result, ReadOnlySpan<int> children)
    {
        Spend(result.Size);
        return new(result, Proof?.Assert(code, result, children) ?? 0);
    }

    /// <summary>
    /// A member of a record, with a node of its own where the record came whole from a fact; none of none.
    /// </summary>
    public Traced Member(Traced record, string name, int index)
    {
        if (record.Value.IsNone)
        {
            return Op("member", NoneValue.Instance, [record.Node], path: name);
        }

        var member = ((RecordValue)record.Value).Members[index].Value;
        return member.Node >= 0 ? member : Op("member", member.Value, [record.Node], path: name);
    }

    /// <summary>The items of a list, each with its node.</summary>
    public Traced[] Items(Traced list)
    {
        var items = ((ListValue)list.Value).Items;
        var traced = new Traced[items.Count];
        for (var i = 0; i < traced.Length; i++)
        {
            traced[i] = items[i].Node >= 0 ? items[i] : Op(
                "item", items[i].Value, [list.Node],
                path: i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return traced;
    }

    /// <summary>What a field is given: its step shows its value, as whoever checks a section wants to see.</summary>
    public Traced Shown(Traced value) =>
        Proof is null || Proof.ShowsValue(value.Node) ? value : Op("value", value.Value, [value.Node]);

    public Traced FieldRef(string path, int index) =>
        new(FieldValues[index].Value, Proof?.FieldRef(path, FieldValues[index].Node) ?? 0);

    /// <summary>A fact of the snapshot, or none.</summary>
    public Traced Fact(string factType, Types.RuleType.Record shape, Traced key)
    {
        var factKey = ((TextValue)key.Value).Value;
        return Facts.Find(factType, factKey) is { } fact
            ? Fact(fact, shape, key.Node)
            : Op("fact", NoneValue.Instance, [key.Node], path: factType);
    }

    public Traced Fact(Core.Facts.Fact fact, Types.RuleType.Record shape, int key)
    {
        var record = Facts.Read(fact, shape);
        Spend(record.Size);
        return new(record, Proof?.FactGet(fact.FactType, fact.FactKey, fact.PayloadHash, key) ?? 0);
    }

    /// <summary>The list of facts found for a prefix; its proof shows their keys, each fact is a child.</summary>
    public Traced FactList(string factType, Traced[] facts, IEnumerable<string> keys, int prefix)
    {
        Spend(1 + facts.Length);
        return new(new ListValue(facts), Proof?.Op(
            "facts", JsonValue.Array(keys.Select(key => (JsonValue)key)), [prefix, .. facts.Select(f => f.Node)],
            path: factType) ?? 0);
    }
}
