using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Syntax;

/// <summary>Reads expressions, loosest first: let, if, lambda; or; and; not; comparison; + −; * /; −x; call.</summary>
internal sealed class ExpressionParser(TokenReader reader, TypeParser types)
{
    private static readonly HashSet<string> s_reserved = new(StringComparer.Ordinal)
    {
        "let", "if", "then", "else", "and", "or", "not", "true", "false", "none",
    };

    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>An expression that stands in no other.</summary>
    public Expr Whole()
    {
        var expression = Expression();
        return !ExprHeight.IsTooHigh(expression) ? expression : throw reader.Wrong(
            $"more than {ExprHeight.Most} steps stand in each other", "give parts a field of their own", expression.At,
            BpcError.RuleBudgetExceeded);
    }

    private Expr Expression() => reader.Current switch
    {
        { Kind: TokenKind.Name, Text: "let" } => Lets(),
        { Kind: TokenKind.Name, Text: "if" } => reader.Nested(If),
        { Kind: TokenKind.Name } when reader.Following.Is("=>") => reader.Nested(Lambda),
        { Text: "(" } when IsLambda() => reader.Nested(Lambda),
        _ => reader.Nested(Or),
    };

    // Lets are read in a row, not nested: a field may have as many as it needs.
    private Expr Lets()
    {
        var lets = new List<(Span At, Parameter Variable, Expr Value)>();
        while (reader.Current.Is("let"))
        {
            var start = reader.Take().At;
            var name = Variable();
            Expr value;
            try
            {
                reader.Expect("=", "a let is written let name = value;");
                value = Expression();
                reader.Expect(";", "a let ends with ';' and an expression follows it");
            }
            catch (UnreadableException)
            {
                value = new Expr.Broken(name.At);
                reader.Recover(() => reader.Current.Is("}") || DeclarationParser.IsStart(reader) || reader.Current.Is(
                    "let"));
            }

            lets.Add((start.To(reader.Last), name, value));
        }

        var body = Expression();
        return Enumerable.Reverse(lets)
            .Aggregate(body, (rest, let) => new Expr.Let(let.At, let.Variable, let.Value, rest));
    }

    private Expr If()
    {
        var start = reader.Take().At;
        var condition = Expression();
        reader.Expect("then", "a condition is written if … then … else …");
        var then = Expression();
        reader.Expect("else", "every if has an else: a rule always has a value");
        return new Expr.If(start, condition, then, Expression());
    }

    private bool IsLambda()
    {
        var at = 1;
        while (reader.Ahead(at).Kind == TokenKind.Name && reader.Ahead(at + 1).Is(","))
        {
            at += 2;
        }

        at += reader.Ahead(at).Kind == TokenKind.Name ? 1 : 0;
        return reader.Ahead(at).Is(")") && reader.Ahead(at + 1).Is("=>");
    }

    private Expr Lambda()
    {
        var start = reader.Current.At;
        var parameters = reader.TryTake("(") ? reader.ListUntil(")", Variable) : [Variable()];
        reader.Expect("=>", "a lambda is written x => … or (a, b) => …");
        var body = Expression();
        return new Expr.Lambda(start.To(reader.Last), parameters, body);
    }

    public Parameter Variable()
    {
        var name = reader.Name("a name", "a name is letters, digits and _");
        return s_reserved.Contains(name.Text)
            ? throw reader.Wrong($"'{name.Text}' is a word of the language", "choose another name", name.At)
            : new(name.At, name.Text);
    }

    private Expr Or() => LeftAssociative(And, "or");

    private Expr And() => LeftAssociative(Not, "and");

    private Expr Not()
    {
        if (!reader.Current.Is("not"))
        {
            return Comparison();
        }

        var at = reader.Take().At;
        return new Expr.Unary(at, "not", reader.Nested(Not));
    }

    private Expr Comparison()
    {
        var left = Sum();
        if (!s_comparisons.Any(reader.Current.Is))
        {
            return left;
        }

        var comparison = reader.Take();
        var whole = new Expr.Binary(left.At, comparison.At, comparison.Text, left, Sum());
        return s_comparisons.Any(reader.Current.Is)
            ? throw reader.Wrong("comparisons do not chain", "write a < b and b < c")
            : whole with { At = left.At.To(reader.Last) };
    }

    private Expr Sum() => LeftAssociative(Product, "+", "-");

    private Expr Product() => LeftAssociative(Sign, "*", "/");

    private Expr LeftAssociative(Func<Expr> operand, params ReadOnlySpan<string> operators)
    {
        var left = operand();
        while (reader.Current is { Kind: TokenKind.Name or TokenKind.Symbol } op && operators.Contains(op.Text))
        {
            reader.Take();
            var right = operand();
            left = new Expr.Binary(left.At.To(reader.Last), op.At, op.Text, left, right);
        }

        return left;
    }

    private Expr Sign()
    {
        if (!reader.Current.Is("-"))
        {
            return Postfix();
        }

        var start = reader.Take().At;
        var operand = reader.Nested(Sign);
        return new Expr.Unary(start.To(reader.Last), "-", operand);
    }

    private Expr Postfix()
    {
        var target = Primary();
        while (reader.Current.Is(".") && reader.Following.Kind == TokenKind.Name)
        {
            reader.Take();
            var name = reader.Take();
            target = reader.Current.Is("(")
                ? Call(name, target)
                : new Expr.Member(target.At.To(name.At), target, name.Text);
        }

        return target;
    }

    private Expr Primary()
    {
        var token = reader.Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                reader.Take();
                return Number(token);
            case TokenKind.Text:
                reader.Take();
                return new Expr.Text(token.At, token.Text);
            case TokenKind.Date:
                return new Expr.Date(token.At, reader.Date("a date"));
            case TokenKind.Name:
                return Named(token);
            case TokenKind.Symbol when token.Text is "(" or "[" or "{":
                reader.Take();
                return Bracketed(token);
            default:
                throw reader.Wrong($"expected a value, found {token.Shown}",
                    "a number, a text, a name, a call, (…), […] or {…}");
        }
    }

    // A unit directly after a number makes it a quantity: 75.500 kWh.
    private Expr Number(Token token)
    {
        if (reader.Current is not { Kind: TokenKind.Name or TokenKind.Symbol } unit || !UnitTable.Knows(unit.Text))
        {
            return new Expr.Number(token.At, token.Text);
        }

        var value = types.UnitOfLiteral();
        return new Expr.Quantity(token.At.To(reader.Last), token.Text, value);
    }

    private Expr Named(Token token)
    {
        if (token.Text is "true" or "false" or "none")
        {
            reader.Take();
            return token.Text == "none" ? new Expr.None(token.At) : new Expr.Bool(token.At, token.Text == "true");
        }

        if (s_reserved.Contains(token.Text) || DeclarationParser.IsStart(reader))
        {
            throw reader.Wrong($"expected a value, found {token.Shown}",
                "finish the expression; a declaration ends with ';'");
        }

        reader.Take();
        return reader.Current.Is("(") ? Call(token, null) : new Expr.Name(token.At, token.Text);
    }

    private Expr Bracketed(Token open)
    {
        if (open.Text == "(")
        {
            var inner = Expression();
            reader.Expect(")", "close the parenthesis");
            return inner;
        }

        return open.Text == "["
            ? new Expr.List(open.At, reader.ListUntil("]", Expression)) { At = open.At.To(reader.Last) }
            : new Expr.Record(open.At, reader.ListUntil("}", Member)) { At = open.At.To(reader.Last) };
    }

    /// <summary>
    /// A number with its sign, or a date: where only a constant may stand, so that a following '.' ends it.
    /// </summary>
    public Expr Constant()
    {
        var start = reader.Current.At;
        var negative = reader.TryTake("-");
        if (!negative && reader.Current.Kind == TokenKind.Date)
        {
            return new Expr.Date(start, reader.Date("a date"));
        }

        var number = reader.Expect(TokenKind.Number, "a number or a date", "a range is written 0.001..2000.000");
        var value = new Expr.Number(number.At, number.Text);
        return negative ? new Expr.Unary(start.To(number.At), "-", value) : value;
    }

    /// <summary>A member that stands in no expression: <c>sku: "SKU-123"</c> of a test's product.</summary>
    public RecordMember WholeMember() => Member(Whole);

    private RecordMember Member() => Member(Expression);

    private RecordMember Member(Func<Expr> value)
    {
        var name = reader.Name("a member's name", "a record is written { name: value, … }");
        reader.Expect(":", "a record is written { name: value, … }");
        return new(name.At, name.Text, value());
    }

    private Expr Call(Token function, Expr? target)
    {
        reader.Expect("(", "a function is called with parentheses");
        if (function.Text == "field" && target is null)
        {
            var (path, at) = reader.Path("the path of a field");
            reader.Expect(")", "field takes one path: field(battery.mass_kg)");
            return new Expr.Field(function.At.To(reader.Last), at, path);
        }

        var arguments = target is null ? new List<Expr>() : [target];
        reader.ListUntil(")", () =>
        {
            var takesUnit = function.Text is "qty" or "convert" && arguments.Count == 1;
            arguments.Add(takesUnit ? UnitArgument() : Expression());
            return function;
        });
        return new Expr.Call((target?.At ?? function.At).To(reader.Last), function.At, function.Text, arguments);
    }

    private Expr.UnitName UnitArgument()
    {
        var start = reader.Current.At;
        var unit = types.Unit();
        return new Expr.UnitName(start.To(reader.Last), unit);
    }
}
