using Bpc.Core.Canonical;
using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Tests;

/// <summary>Checks one example or property against its package and compiles it.</summary>
internal sealed class TestChecker
{
    private readonly TestDeclaration _test;
    private readonly Plan _plan;
    private readonly Diagnostics _diagnostics;
    private readonly Symbols _symbols;
    private readonly ExpressionChecker _input;
    private readonly ExpressionChecker _expectation;

    private TestChecker(TestDeclaration test, Plan plan, Diagnostics diagnostics)
    {
        (_test, _plan, _diagnostics) = (test, plan, diagnostics);
        _symbols = plan.Symbols.ForTests();
        _input = new(_symbols, diagnostics, ExpressionPlace.TestInput);
        _expectation = new(_symbols, diagnostics, ExpressionPlace.Expectation);
    }

    public static IReadOnlyList<CompiledTest> Check(
        IReadOnlyList<TestDeclaration> tests, Plan plan, Diagnostics diagnostics)
    {
        foreach (var repeated in tests.GroupBy(test => test.Name).SelectMany(group => group.Skip(1)))
        {
            diagnostics.Add(BpcError.RuleType, repeated.At, $"there is already a test called {repeated.Name}",
                "each name once");
        }

        return [.. tests.Select(test => new TestChecker(test, plan, diagnostics).Compile())];
    }

    private CompiledTest Compile()
    {
        // Declared in the same order twice, so a variable has one slot in inputs and in expectations.
        var domains = _test.Variables.Select(variable =>
        {
            _input.Declare(variable.Variable, variable.Type);
            _expectation.Declare(variable.Variable, variable.Type);
            return new DomainChecker(variable, _symbols, _diagnostics).Check();
        }).ToArray();
        var input = new CaseInput();
        var expectations = new List<Expectation>();
        foreach (var statement in _test.Statements)
        {
            Statement(statement, input, expectations);
        }

        if (expectations.Count == 0 && !_test.Statements.OfType<TestStatement.Unreadable>().Any())
        {
            _diagnostics.Add(BpcError.RuleType, _test.At, $"{_test.Name} expects nothing", "add an expect");
        }

        return new(_test.Name, _test.Cases, _test.Seed, domains, input, expectations, _symbols.Slots);
    }

    private void Statement(TestStatement statement, CaseInput input, List<Expectation> expectations)
    {
        switch (statement)
        {
            case TestStatement.Subject subject:
                foreach (var member in subject.Members)
                {
                    Subject(subject.What, member, input);
                }

                break;
            case TestStatement.Unreadable:
                break;
            case TestStatement.Issued issued:
                input.IssuedOn = Of(issued.Date, RuleType.Day);
                break;
            case TestStatement.Fact fact:
                input.Facts.Add((Of(fact.FactType, RuleType.String), Of(fact.FactKey, RuleType.String),
                    Json(fact.Payload)));
                break;
            default:
                expectations.Add(Expectation(statement));
                break;
        }
    }

    private void Subject(string what, RecordMember member, CaseInput input)
    {
        var value = Of(member.Value, RuleType.String);
        switch (what, member.Name)
        {
            case ("product", "sku"): input.Sku = value; break;
            case ("product", "category"): input.Category = value; break;
            case ("item", "serial_number"): input.SerialNumber = value; break;
            default:
                _diagnostics.Add(BpcError.RuleType, member.At, $"{what} has no '{member.Name}'",
                    "a product has sku and category, an item has serial_number");
                break;
        }
    }

    private CompiledExpression Of(Expr expression, RuleType wanted)
    {
        var value = _input.Check(expression);
        _input.Expect(value.Type, wanted, expression.At);
        return value.Run;
    }

    private Func<Evaluation, JsonValue> Json(JsonTemplate template)
    {
        switch (template)
        {
            case JsonTemplate.Object o:
                foreach (var repeated in o.Members.GroupBy(m => m.Name).SelectMany(g => g.Skip(1)))
                {
                    _diagnostics.Add(BpcError.RuleType, repeated.Value.At,
                        $"the member \"{repeated.Name}\" is already there", "each member once");
                }

                var members = o.Members.DistinctBy(m => m.Name).Select(m => (m.Name, Value: Json(m.Value))).ToArray();
                return run => CaseInput.Object(members.Select(m => (m.Name, m.Value(run))));
            case JsonTemplate.Array a:
                var items = a.Items.Select(Json).ToArray();
                return run => JsonValue.Array(items.Select(item => item(run)));
            case JsonTemplate.Value v:
                var value = _input.Check(v.Expression).Run;
                return run => CaseInput.Json(value(run).Value);
            default:
                return _ => JsonValue.Null.Value;
        }
    }

    private Expectation Expectation(TestStatement statement)
    {
        var source = _diagnostics.Source.Text;
        switch (statement)
        {
            case TestStatement.ExpectError error:
                return new($"error {error.Code}", true, outcome =>
                    outcome.Failure?.Code == error.Code ? null : outcome.Error ?? "no error");
            case TestStatement.ExpectOutcome { IsCheck: var isCheck } expected:
                Known(expected);
                var name = isCheck ? $"check {expected.Name}" : expected.Name;
                return new($"{name} {expected.Outcome}", false, outcome => Outcome(outcome, expected));
            case TestStatement.ExpectHolds holds:
                return new HoldsChecker(_expectation).Check(
                    holds.Condition, source.Substring(holds.Condition.At.Start, holds.Condition.At.Length));
            default:
                throw new System.Diagnostics.UnreachableException($"{statement}");
        }
    }

    private void Known(TestStatement.ExpectOutcome expected)
    {
        var names = expected.IsCheck ? _plan.Checks.Select(c => c.Name).ToList() : [.. _symbols.Fields.Keys];
        if (!names.Contains(expected.Name))
        {
            _diagnostics.Add(BpcError.RuleType, expected.NameAt,
                $"there is no {(expected.IsCheck ? "check" : "field")} '{expected.Name}'",
                _diagnostics.Nearest(expected.Name, names) is { } close ? $"did you mean {close}?"
                    : "name one the package declares");
        }
    }

    private static string? Outcome(CaseOutcome outcome, TestStatement.ExpectOutcome expected)
    {
        if (outcome.Result is not { } result)
        {
            return outcome.Error;
        }

        var actual = result.Compliance.FirstOrDefault(line => line.Check == expected.Name)?.Outcome;
        return actual == expected.Outcome ? null
            : actual ?? Show(result.Fields.First(field => field.Path == expected.Name).Value);
    }

    private static string Show(JsonValue value) => System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(value));
}
