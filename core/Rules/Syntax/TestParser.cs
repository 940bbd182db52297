using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Syntax;

/// <summary>Reads examples and properties.</summary>
internal sealed class TestParser(TokenReader reader, TypeParser types, ExpressionParser expressions)
{
    /// <summary>The most cases one property may ask for.</summary>
    public const int MaxCases = 10_000;

    private static readonly string[] s_outcomes =
        ["MISSING", "NOT_YET_REQUIRED", "NOT_APPLICABLE", "CONDITION_UNRESOLVED"];

    public TestDeclaration Example()
    {
        reader.Take();
        var name = reader.Name("the name of the example", "an example is written example NAME { … }");
        reader.Expect("{", "an example's statements stand in braces");
        return new(name.At, name.Text, 1, 0, [], Statements());
    }

    public TestDeclaration Property()
    {
        const string right =
            "a property is written property NAME cases 400 seed 42 { forall x : Dec(3) in 0.001..9.000 . … }";
        reader.Take();
        var name = reader.Name("the name of the property", right);
        reader.Expect("cases", right);
        var cases = reader.SmallInteger("number of cases", 1, MaxCases);
        reader.Expect("seed", right);
        var seed = reader.SmallInteger("seed", 0, int.MaxValue);
        reader.Expect("{", right);
        var variables = new List<VariableDeclaration>();
        while (reader.TryTake("forall"))
        {
            do
            {
                variables.Add(ForAll());
            }
            while (reader.TryTake(","));
            reader.Expect(".", "a '.' stands between the variables and the case");
        }

        return variables.Count == 0
            ? throw reader.Wrong("a property has at least one forall", right, name.At)
            : new(name.At, name.Text, cases, seed, variables, Statements());
    }

    private VariableDeclaration ForAll()
    {
        const string right = "a variable is written x : Dec(3) in 0.001..9.000, or x : Text in [\"a\", \"b\"]";
        var variable = expressions.Variable();
        reader.Expect(":", right);
        var type = types.Type();
        if (type == RuleType.Boolean && !reader.Current.Is("in"))
        {
            return new(variable, type, null, null,
                [new Expr.Bool(variable.At, false), new Expr.Bool(variable.At, true)]);
        }

        reader.Expect("in", right);
        if (reader.TryTake("["))
        {
            return new(variable, type, null, null, reader.ListUntil("]", expressions.Whole));
        }

        var low = expressions.Constant();
        reader.Expect("..", right);
        return new(variable, type, low, expressions.Constant(), []);
    }

    private List<TestStatement> Statements()
    {
        var statements = new List<TestStatement>();
        var level = reader.Level;
        while (!reader.TryTake("}"))
        {
            try
            {
                statements.Add(Statement());
            }
            catch (UnreadableException)
            {
                // The test's other statements are read all the same, where its braces are still those of the test.
                reader.Skip(() => DeclarationParser.IsStart(reader) || (reader.Level <= level && AtStatementOrEnd()));
                if (!AtStatementOrEnd())
                {
                    throw;
                }

                statements.Add(new TestStatement.Unreadable(reader.Current.At));
            }

            while (reader.Current.Is(";") || reader.Current.Is(","))
            {
                reader.Take();
            }
        }

        return statements;
    }

    private bool AtStatementOrEnd() => reader.Current.Is("}")
        || reader.Current is { Kind: TokenKind.Name, Text: "product" or "item" or "issued" or "fact" or "expect" };

    private TestStatement Statement()
    {
        const string right =
            "statements are product {…}, item {…}, issued DATE, fact \"Type\" \"key\" {…} and expect …";
        var word = reader.Name("a statement", right);
        switch (word.Text)
        {
            case "product" or "item":
                reader.Expect("{", "its members stand in braces: product { sku: \"SKU-123\" }");
                return new TestStatement.Subject(word.At, word.Text, reader.ListUntil("}", expressions.WholeMember));
            case "issued":
                return new TestStatement.Issued(word.At, expressions.Whole());
            case "fact":
                return Fact(word.At);
            case "expect":
                return Expect(word.At);
            default:
                throw reader.Wrong($"{word.Shown} is no statement of a test", right, word.At);
        }
    }

    private TestStatement.Fact Fact(Span start)
    {
        var type = expressions.Whole();
        var key = expressions.Whole();
        if (!reader.Current.Is("{"))
        {
            throw reader.Wrong("the fact's JSON object is missing",
                "fact \"Battery\" \"battery:SKU-123\" { \"rated_capacity_kwh\": \"75.500\" }");
        }

        return new(start.To(reader.Last), type, key, Json());
    }

    private JsonTemplate Json() => reader.Nested<JsonTemplate>(() =>
    {
        var start = reader.Current.At;
        if (reader.TryTake("{"))
        {
            return new JsonTemplate.Object(start, reader.ListUntil("}", Member));
        }

        if (reader.TryTake("["))
        {
            return new JsonTemplate.Array(start, reader.ListUntil("]", Json));
        }

        return reader.TryTake("null") ? new JsonTemplate.Null(start)
            : new JsonTemplate.Value(start, expressions.Whole());
    });

    private (string Name, JsonTemplate Value) Member()
    {
        var name = reader.Expect(
            TokenKind.Text, "a member's name as a text", "JSON members are written \"name\": value");
        reader.Expect(":", "JSON members are written \"name\": value");
        return (name.Text, Json());
    }

    private TestStatement Expect(Span start)
    {
        if (reader.Current.Is("error") && reader.Following.Kind == TokenKind.Text)
        {
            reader.Take();
            return new TestStatement.ExpectError(start, reader.Take().Text);
        }

        if (reader.Current.Is("check") && reader.Following.Kind == TokenKind.Name)
        {
            reader.Take();
            var name = reader.Take();
            return new TestStatement.ExpectOutcome(
                start, name.At, name.Text, true, Outcome("PASS", "FAIL", "NOT_APPLICABLE"));
        }

        if (IsFieldOutcome())
        {
            var (path, at) = reader.Path("the path of a field");
            return new TestStatement.ExpectOutcome(start, at, path, false, Outcome(s_outcomes));
        }

        var condition = expressions.Whole();
        return new TestStatement.ExpectHolds(start.To(reader.Last), condition);
    }

    private bool IsFieldOutcome()
    {
        var at = 0;
        while (reader.Ahead(at).Kind == TokenKind.Name && reader.Ahead(at + 1).Is("."))
        {
            at += 2;
        }

        return reader.Ahead(at).Kind == TokenKind.Name && reader.Ahead(at + 1) is { Kind: TokenKind.Name } outcome
            && s_outcomes.Contains(outcome.Text.ToUpperInvariant());
    }

    private string Outcome(params ReadOnlySpan<string> allowed)
    {
        var right = $"outcomes are {string.Join(", ", allowed!)}";
        var token = reader.Name("an outcome", right);
        var outcome = token.Text.ToUpperInvariant();
        return allowed.Contains(outcome) ? outcome
            : throw reader.Wrong($"{token.Shown} is not an outcome here", right, token.At);
    }
}
