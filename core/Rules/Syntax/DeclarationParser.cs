using Bpc.Core.Passports;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Syntax;

/// <summary>
/// Reads a whole source. An error ends the declaration it stands in, not the reading: the next one begins after ';' or
/// at the next declaration's first word, and what a broken field was called is still known to the others.
/// </summary>
internal sealed class DeclarationParser
{
    private readonly TokenReader _reader;
    private readonly TypeParser _types;
    private readonly ExpressionParser _expressions;
    private readonly TestParser _tests;
    private readonly SourceTree _tree = new();

    private DeclarationParser(TokenReader reader)
    {
        _reader = reader;
        _types = new(reader);
        _expressions = new(reader, _types);
        _tests = new(reader, _types, _expressions);
    }

    /// <summary>
    /// A package: its header, facts, lets, fields and checks, and tests where the author keeps them in the same file.
    /// </summary>
    public static SourceTree Package(Diagnostics diagnostics) =>
        new DeclarationParser(new(diagnostics)).Read(testsOnly: false);

    /// <summary>The tests of a package: examples and properties.</summary>
    public static SourceTree Tests(Diagnostics diagnostics) =>
        new DeclarationParser(new(diagnostics)).Read(testsOnly: true);

    /// <summary>Whether a declaration begins here: its word and a name after it (field(x) is a call).</summary>
    public static bool IsStart(TokenReader reader) =>
        reader.Current is
        {
            Kind: TokenKind.Name,
            Text: "package" or "facts" or "field" or "check" or "example" or "property"
        }
        && reader.Following.Kind is TokenKind.Name or TokenKind.Text;

    private SourceTree Read(bool testsOnly)
    {
        if (!testsOnly)
        {
            Try(Header);
        }

        while (!_reader.AtEnd)
        {
            Try(() => Declaration(testsOnly));
        }

        return _tree;
    }

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (UnreadableException)
        {
            _reader.Recover(() => IsStart(_reader));
        }
    }

    private void Header()
    {
        const string right = "a package begins: package eu.battery.ev version \"2027.1\" language \"BPC-RULES-1\";";
        _reader.Expect("package", right);
        var name = _reader.Path("the package's name").Path;
        _reader.Expect("version", right);
        var version = _reader.Expect(TokenKind.Text, "the version as a text", right).Text;
        _reader.Expect("language", right);
        var language = _reader.Expect(TokenKind.Text, "the language as a text", right);
        if (language.Text != RulePackage.Language)
        {
            _reader.Wrong($"this build does not read {language.Shown}", $"it reads \"{RulePackage.Language}\"",
                language.At);
        }

        _reader.Expect(";", right);
        _tree.Header = new(name, version);
    }

    private void Declaration(bool testsOnly)
    {
        var word = _reader.Current;
        if (testsOnly && word.Text is not ("example" or "property"))
        {
            _reader.Take();
            throw _reader.Wrong($"{word.Shown} does not belong into tests",
                "tests are example NAME { … } and property NAME … { … }", word.At);
        }

        switch (word.Kind == TokenKind.Name ? word.Text : "")
        {
            case "facts": Facts(); break;
            case "let": Let(); break;
            case "field": Field(); break;
            case "check": Check(); break;
            case "example": _tree.Tests.Add(_tests.Example()); break;
            case "property": _tree.Tests.Add(_tests.Property()); break;
            default:
                _reader.Take();
                throw _reader.Wrong($"{word.Shown} begins no declaration",
                    "declarations are facts, let, field, check, example and property", word.At);
        }
    }

    private void Facts()
    {
        var start = _reader.Take().At;
        var name = _reader.Current.Kind == TokenKind.Text
            ? _reader.Take() : _reader.Name(
                "a fact type", "facts are declared: facts Battery { rated_capacity_kwh : Opt(Dec(3)) }");
        var members = (RuleType.Record?)null;
        try
        {
            members = _types.Record();
            _reader.TryTake(";");
        }
        finally
        {
            _tree.Facts.Add(new(start.To(name.At), name.Text, members));
        }
    }

    private void Let()
    {
        _reader.Take();
        var variable = _expressions.Variable();
        _tree.Lets.Add(new(variable, Body()));
    }

    private void Field()
    {
        _reader.Take();
        var (path, at) = _reader.Path("the path of the field");
        var type = RuleType.Anything;
        var clauses = new Clauses(SectionNames.Public, null, []);
        Expr body = new Expr.Broken(at);
        try
        {
            _reader.Expect(":", "a field is declared: field PATH : TYPE access AUDIENCE = …;");
            type = _types.Type();
            clauses = Clauses();
            body = Body();
        }
        finally
        {
            _tree.Fields.Add(new(at, path, type, clauses, body));
        }
    }

    private void Check()
    {
        _reader.Take();
        var name = _reader.Name("the name of the check", "a check is declared: check NAME cites \"…\" = …;");
        _tree.Checks.Add(new(name.At, name.Text, Clauses(), Body()));
    }

    private Expr Body()
    {
        _reader.Expect("=", "the derivation follows '=': = let … ; value;");
        var body = _expressions.Whole();
        _reader.Expect(";", "a declaration ends with ';'");
        return body;
    }

    private Clauses Clauses()
    {
        string? access = null, cites = null;
        var applies = new List<AppliesClause>();
        while (AtClause())
        {
            var word = _reader.Take();
            if ((word.Text == "access" ? access : word.Text == "cites" ? cites : null) is not null)
            {
                _reader.Wrong($"{word.Shown} is already there", "once is enough", word.At);
            }

            try
            {
                switch (word.Text)
                {
                    case "access": access = SectionNames.Public; access = Access(); break;
                    case "cites": cites = Citation(); break;
                    default: applies.Add(Applies(word.At)); break;
                }
            }
            catch (UnreadableException)
            {
                // One clause is unreadable; the others, and the derivation, are read all the same.
                _reader.Skip(
                    () => AtClause() || _reader.Current.Is("=") || _reader.Current.Is(";") || IsStart(_reader));
            }
        }

        return new(access, cites, applies);
    }

    private bool AtClause() => _reader.Current is { Kind: TokenKind.Name, Text: "access" or "cites" or "applies" };

    private string Citation() =>
        _reader.Expect(TokenKind.Text, "a citation as a text", "cites \"2023/1542 XIII 1(h)\"").Text;

    private string Access()
    {
        const string right = "access is public, restricted, authorities or legitimate_interest";
        var name = _reader.Name("a section", right);
        return Types.Access.Sections.Contains(name.Text)
            ? name.Text : throw _reader.Wrong($"there is no section {name.Shown}", right, name.At, BpcError.RuleType);
    }

    private AppliesClause Applies(Span start)
    {
        var from = _reader.TryTake("from") ? _reader.Date("a date") : (DateOnly?)null;
        var until = _reader.TryTake("until") ? _reader.Date("a date") : (DateOnly?)null;
        var categories = new List<string>();
        if (_reader.TryTake("for"))
        {
            do
            {
                categories.Add(Category());
            }
            while (_reader.TryTake(","));
        }

        var when = _reader.TryTake("when") ? _expressions.Whole() : null;
        return from is null && until is null && categories.Count == 0 && when is null
            ? throw _reader.Wrong("applies says nothing",
                "applies from 2027-02-18 until 2030-01-01 for EV, LMT when …; at least one part", start)
            : new(start, from, until, categories, when);
    }

    private string Category()
    {
        const string right = "categories are EV, LMT and INDUSTRIAL";
        var name = _reader.Name("a battery category", right);
        if (!BatteryCategories.All.Contains(name.Text))
        {
            _reader.Wrong($"there is no category {name.Shown}", right, name.At, BpcError.RuleType);
        }

        return name.Text;
    }
}
