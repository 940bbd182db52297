using System.Text;

namespace Bpc.Core.Rules.Syntax;

/// <summary>Writes tokens with the layout of the language.</summary>
internal sealed class Layout(string source, IReadOnlyList<Token> tokens)
{
    private const int Indent = 2;

    private readonly StringBuilder _out = new();

    // The output line each open bracket stands on: brackets opened on one line indent once.
    private readonly Stack<int> _open = new();
    private int _line;

    // Between the first word of a let, field or check and its ';', lines are indented once more.
    private bool _inDerivation;
    private int _lets;

    public string Write()
    {
        for (var i = 0; i < tokens.Count && tokens[i].Kind != TokenKind.End; i++)
        {
            if (i > 0)
            {
                Separate(i);
            }

            Put(tokens[i]);
        }

        return _out.Length == 0 ? "" : _out.Append('\n').ToString();
    }

    private void Put(Token token)
    {
        var atTop = _open.Count == 0;
        if (atTop && !_inDerivation
            && token is { Kind: TokenKind.Name, Text: "let" or "field" or "check" or "package" })
        {
            _inDerivation = true;
        }
        else if (atTop && _inDerivation && token is { Kind: TokenKind.Name, Text: "let" })
        {
            _lets++;
        }
        else if (atTop && token.Is(";"))
        {
            // The ';' of a let does not end the declaration.
            (_inDerivation, _lets) = (_lets > 0, Math.Max(0, _lets - 1));
        }

        _out.Append(source.AsSpan(token.At.Start, token.At.Length).TrimEnd());
        if (Opens(token))
        {
            _open.Push(_line);
        }
        else if (Closes(token))
        {
            _open.TryPop(out _);
        }
    }

    private void Separate(int index)
    {
        var (previous, token) = (tokens[index - 1], tokens[index]);
        var lines = source.AsSpan(previous.At.End, token.At.Start - previous.At.End).Count('\n');
        var endsDeclaration = _open.Count == 0 && !_inDerivation && (previous.Is(";") || previous.Is("}"))
            && !token.Is(";");
        if (lines > 0 || (endsDeclaration && token.Kind != TokenKind.Comment))
        {
            _line++;
            _out.Append(lines > 1 ? "\n\n" : "\n").Append(' ', Indent * Level(token));
        }
        else if (token.Kind == TokenKind.Comment)
        {
            _out.Append("  ");
        }
        else if (Spacing.Between(source, tokens, index))
        {
            _out.Append(' ');
        }
    }

    // A line that begins with the closing bracket stands where the line that opened it does.
    private int Level(Token first)
    {
        var open = Closes(first) ? _open.Skip(1) : _open;
        return open.Distinct().Count() + (_inDerivation ? 1 : 0);
    }

    private static bool Opens(Token token) => token is { Kind: TokenKind.Symbol, Text: "(" or "[" or "{" };

    private static bool Closes(Token token) => token is { Kind: TokenKind.Symbol, Text: ")" or "]" or "}" };
}
