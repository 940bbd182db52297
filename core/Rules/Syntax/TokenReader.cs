using Bpc.Core.Canonical;

namespace Bpc.Core.Rules.Syntax;

/// <summary>
/// Raised after an error is reported, to leave the construct it stands in; caught where the parser can go on.
/// </summary>
internal sealed class UnreadableException : Exception;

/// <summary>Walks the tokens of a source; what every part of the parser builds on.</summary>
internal sealed class TokenReader(Diagnostics diagnostics)
{
    /// <summary>How deep parentheses, calls, lambdas, types and the like may nest.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many names a path has: a section nests its fields by them.</summary>
    public const int MaxPathNames = 24;

    private readonly List<Token> _tokens = [.. Lexer.Tokens(diagnostics).Where(t => t.Kind != TokenKind.Comment)];
    private int _at;
    private int _depth;

    public Diagnostics Diagnostics { get; } = diagnostics;

    public Token Current => _tokens[_at];

    public Token Following => Ahead(1);

    public Span Last => _tokens[Math.Max(0, _at - 1)].At;

    /// <summary>How many brackets are open here.</summary>
    public int Level { get; private set; }

    public bool AtEnd => Current.Kind == TokenKind.End;

    public Token Ahead(int count) => _tokens[Math.Clamp(_at + count, 0, _tokens.Count - 1)];

    public Token Take()
    {
        var token = Current;
        if (!AtEnd)
        {
            _at++;
        }

        Level += token.Kind != TokenKind.Symbol ? 0 : token.Text switch
        {
            "(" or "[" or "{" => 1,
            ")" or "]" or "}" => -1,
            _ => 0,
        };

        return token;
    }

    public bool TryTake(string text)
    {
        var found = Current.Is(text);
        if (found)
        {
            Take();
        }

        return found;
    }

    public Token Expect(string text, string right) =>
        Current.Is(text) ? Take() : throw Wrong($"'{text}' is missing before {Current.Shown}", right);

    public Token Expect(TokenKind kind, string what, string right) =>
        Current.Kind == kind ? Take() : throw Wrong($"expected {what}, found {Current.Shown}", right);

    public Token Name(string what, string right) => Expect(TokenKind.Name, what, right);

    /// <summary>A path such as <c>battery.capacity_kwh</c>.</summary>
    public (string Path, Span At) Path(string what)
    {
        var first = Name(what, "a path is names with points between, such as battery.capacity_kwh");
        var names = new List<string> { first.Text };
        while (TryTake("."))
        {
            names.Add(Name("a name", "a path does not end with a point").Text);
        }

        var at = first.At.To(Last);
        if (names.Count > MaxPathNames)
        {
            Diagnostics.Add(BpcError.RuleType, at, $"the path has more than {MaxPathNames} names",
                "a section nests its fields by path");
        }

        return (string.Join('.', names.Take(MaxPathNames)), at);
    }

    public int SmallInteger(string what, int least, int most)
    {
        var right = $"write a whole number from {least} to {most}";
        var token = Expect(TokenKind.Number, what, right);
        return int.TryParse(token.Text, out var value) && value >= least && value <= most
            ? value : throw Wrong($"'{token.Text}' is no {what}", right, token.At);
    }

    public DateOnly Date(string what)
    {
        var token = Expect(TokenKind.Date, what, "write a date as 2027-02-18");
        return CanonicalTime.TryParseDay(token.Text, out var date)
            ? date : throw Wrong($"{token.Text} is not in the calendar", "write a date as 2027-02-18", token.At);
    }

    /// <summary>Items with commas between, up to and with the closing symbol; a comma may follow the last.</summary>
    public List<T> ListUntil<T>(string close, Func<T> item)
    {
        var items = new List<T>();
        while (!TryTake(close))
        {
            items.Add(item());
            if (!TryTake(","))
            {
                Expect(close, $"separate with commas and close with '{close}'");
                break;
            }
        }

        return items;
    }

    /// <summary>Reads something that may hold itself; too deep is an error instead of an exhausted stack.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (_depth >= MaxDepth)
        {
            throw Wrong(
                $"nested deeper than {MaxDepth} levels", "give parts a name with let, or a field of their own",
                code: BpcError.RuleBudgetExceeded);
        }

        _depth++;
        try
        {
            return read();
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>
    /// Skips to where reading can go on: past the next ';' on this level, or before a declaration or a closing brace.
    /// </summary>
    public void Recover(Func<bool> isStart)
    {
        for (var level = 0; !AtEnd && !isStart();)
        {
            var token = Take();
            level += token.Text is "(" or "[" or "{" && token.Kind == TokenKind.Symbol ? 1
                : token.Text is ")" or "]" or "}" && token.Kind == TokenKind.Symbol && level > 0 ? -1 : 0;
            if (level == 0 && token.Is(";"))
            {
                return;
            }
        }
    }

    /// <summary>Skips to where <paramref name="isNext"/> holds, or to the end.</summary>
    public void Skip(Func<bool> isNext)
    {
        while (!AtEnd && !isNext())
        {
            Take();
        }
    }

    public UnreadableException Wrong(string wrong, string right, Span? at = null, BpcError? code = null)
    {
        Diagnostics.Add(code ?? BpcError.RuleParse, at ?? Current.At, wrong, right);
        return new();
    }
}
