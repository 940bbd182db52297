using Bpc.Core.Passports;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// Checks a whole package and compiles it to a plan. Every error of the source is reported before it gives up.
/// </summary>
internal sealed class PackageChecker
{
    // Every expression knows all of them, so their number is paid for again at each.
    private const int MaxLets = 1_000;

    private readonly SourceTree _tree;
    private readonly Diagnostics _diagnostics;
    private readonly Diagnostics _warnings;
    private readonly Symbols _symbols = new();

    private PackageChecker(SourceTree tree, Diagnostics diagnostics) =>
        (_tree, _diagnostics, _warnings) = (tree, diagnostics, new(diagnostics.Source));

    /// <summary>The plan; it may only be run where nothing was reported.</summary>
    public static Plan Check(SourceTree tree, Diagnostics diagnostics) => new PackageChecker(tree, diagnostics).Check();

    private Plan Check()
    {
        foreach (var facts in _tree.Facts)
        {
            Once(_symbols.Facts.TryAdd(facts.FactType, facts.Members), facts.At,
                $"facts {facts.FactType} are already declared");
        }

        foreach (var (field, index) in _tree.Fields.Select((field, index) => (field, index)))
        {
            var section = field.Clauses.Access ?? SectionNames.Public;
            var symbol = new FieldSymbol(field.Path, field.Type, section, index, field.At);
            Once(_symbols.Fields.TryAdd(field.Path, symbol), field.At, $"the field {field.Path} is already there");
        }

        CheckNames();
        if (_tree.Lets.Count > MaxLets)
        {
            Wrong(_tree.Lets[MaxLets].Variable.At, $"a package has no more than {MaxLets} lets of its own",
                "move those that one field reads into it");
        }

        var lets = _tree.Lets.Take(MaxLets).Select(Let).ToArray();
        var reads = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        var fields = _tree.Fields.Select((field, index) => Field(field, index, reads)).ToDictionary(f => f.Index);
        var order = FieldOrder.Sort(_symbols, reads, _diagnostics);
        var checks = _tree.Checks.Select(Check).OrderBy(c => c.Name, StringComparer.Ordinal).ToArray();
        return new(
            _symbols, lets, [.. order.Select(path => fields[_symbols.Fields[path].Index])], checks,
            [.. _warnings.Violations.Select(warning => warning with { Code = null })]);
    }

    private void CheckNames()
    {
        foreach (var field in _tree.Fields)
        {
            if (field.Clauses.Access is null && field.Type is not RuleType.Unknown)
            {
                Wrong(field.At, $"nothing says who may see {field.Path}",
                    "add access public, restricted, authorities or legitimate_interest");
            }

            // A section nests its fields by path: battery cannot be a value and hold battery.mass_kg.
            for (var dot = field.Path.LastIndexOf('.'); dot > 0; dot = field.Path.LastIndexOf('.', dot - 1))
            {
                if (_symbols.Fields.ContainsKey(field.Path[..dot]))
                {
                    Wrong(field.At, $"{field.Path[..dot]} is a field too, and cannot also hold this one",
                        "rename one of them");
                }
            }
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var check in _tree.Checks)
        {
            Once(names.Add(check.Name), check.At, $"the check {check.Name} is already there");
            Once(!_symbols.Fields.ContainsKey(check.Name), check.At,
                $"{check.Name} is a field; in the list of outcomes both would have one name");
        }
    }

    private LetPlan Let(LetDeclaration let)
    {
        var checker = new ExpressionChecker(_symbols, _diagnostics, ExpressionPlace.Rule);
        var value = checker.Check(let.Value);
        if (checker.FieldsRead.Count > 0)
        {
            Wrong(let.Variable.At, $"{let.Variable.Name} is derived before all fields, so it cannot read one",
                "make it a field, or move the let into the field that needs it");
        }

        Once(!_symbols.Lets.Any(other => other.Name == let.Variable.Name), let.Variable.At,
            $"there is already a let called {let.Variable.Name}");
        _symbols.Lets.Add((let.Variable.Name, value.Type, checker.ReadsFacts));
        _symbols.Slots = Math.Max(_symbols.Slots, _symbols.Lets.Count);
        return new(let.Variable.Name, value.Run);
    }

    private FieldPlan Field(FieldDeclaration field, int index, Dictionary<string, IReadOnlySet<string>> reads)
    {
        var checker = new ExpressionChecker(_symbols, _diagnostics, ExpressionPlace.Rule);
        if (field.Clauses.Applies.Count > 0 && field.Type is not (RuleType.Opt or RuleType.Unknown))
        {
            Wrong(field.Clauses.Applies[0].At,
                $"a field of type {field.Type} always has a value, so nothing decides what its absence means",
                $"declare Opt({field.Type}), or leave applies out");
        }

        var applicability = Applicability(checker, field.Clauses.Applies);
        var body = checker.Check(field.Body);
        checker.Expect(body.Type, field.Type, ResultAt(field.Body));
        reads[field.Path] = checker.FieldsRead;
        var section = field.Clauses.Access ?? SectionNames.Public;
        WarnOfNarrower(field, section, checker.FieldsRead);
        return new(index, field.Path, field.Type, section, field.Clauses.Cites, applicability, body.Run);
    }

    private void WarnOfNarrower(FieldDeclaration field, string section, IEnumerable<string> reads)
    {
        foreach (var narrower in reads.Select(path => _symbols.Fields[path])
            .Where(read => Access.Meet([section, read.Section]) != section)
            .OrderBy(read => read.Path, StringComparer.Ordinal))
        {
            Warn(field.At, $"{field.Path} is {section} and reads {narrower.Path}, which is {narrower.Section}: its "
                    + "value, or why there is none, may tell what that one hides",
                Access.Meet([section, narrower.Section]) is { } both
                    ? $"add access {both}, or derive it without that field"
                    : "nobody may see both: derive it without that field");
        }
    }

    private CheckPlan Check(CheckDeclaration check)
    {
        var checker = new ExpressionChecker(_symbols, _diagnostics, ExpressionPlace.Rule);
        var applicability = Applicability(checker, check.Clauses.Applies);
        var body = checker.Check(check.Body);
        if (body.Type is not RuleType.Opt { Inner: RuleType.Bool or RuleType.Nothing })
        {
            checker.Expect(body.Type, RuleType.Boolean, ResultAt(check.Body));
        }

        var section = check.Clauses.Access ?? Access.Meet(
            checker.FieldsRead.Select(path => _symbols.Fields[path].Section));
        if (section is null)
        {
            Wrong(check.At, $"no audience may see everything {check.Name} reads",
                "say who may see its outcome: add access restricted, or another");
        }

        if (check.Clauses.Access is null && checker.ReadsFacts)
        {
            Warn(check.At, $"{check.Name} reads facts itself, and without access everybody who may see the fields it "
                    + "reads sees its outcome",
                "say who may: add access public, or a narrower audience");
        }

        var (pass, fail) = (checker.Branch(check.At, $"{check.Name} PASS"),
            checker.Branch(check.At, $"{check.Name} FAIL"));
        return new(
            check.Name, section ?? SectionNames.Public, check.Clauses.Cites, applicability, body.Run, pass, fail);
    }

    private AppliesPlan[] Applicability(ExpressionChecker checker, IReadOnlyList<AppliesClause> clauses) =>
        [.. clauses.Select(clause =>
        {
            var when = clause.When is null ? (TypedExpression?)null : checker.Check(clause.When);
            if (when is { } condition
                && condition.Type is not RuleType.Opt { Inner: RuleType.Bool or RuleType.Nothing })
            {
                checker.Expect(condition.Type, RuleType.Boolean, clause.When!.At);
            }

            if (clause.From >= clause.Until)
            {
                Wrong(clause.At, "this never applies: it ends before it begins",
                    "until is the first day on which it no longer applies");
            }

            return new AppliesPlan(clause.From, clause.Until, clause.Categories, when?.Run);
        })];

    // The lets are not to blame for the type of what they lead to.
    private static Span ResultAt(Expr body) => body is Expr.Let let ? ResultAt(let.Body) : body.At;

    private void Once(bool isFirst, Span at, string wrong)
    {
        if (!isFirst)
        {
            Wrong(at, wrong, "each name once");
        }
    }

    // Not errors: a package that is stored, or written elsewhere, must compile for ever as it did.
    private void Warn(Span at, string wrong, string right) => _warnings.Add(BpcError.RuleType, at, wrong, right);

    private void Wrong(Span at, string wrong, string right) => _diagnostics.Add(BpcError.RuleType, at, wrong, right);
}
