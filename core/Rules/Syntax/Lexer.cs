using System.Buffers;
using System.Text;

namespace Bpc.Core.Rules.Syntax;

/// <summary>
/// Cuts a source into tokens, comments included (the formatter keeps them). Whatever is no token is reported and
/// skipped.
/// </summary>
internal sealed class Lexer(Diagnostics diagnostics)
{
    /// <summary>The longest source; RULE_PARSE_ERROR beyond.</summary>
    public const int MaxSourceLength = 1_000_000;

    /// <summary>The longest name; every step of a proof that says it writes it out.</summary>
    public const int MaxNameLength = 128;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly string[] s_symbols =
    [
        "..", "=>", "==", "!=", "<=", ">=", "(", ")", "{", "}", "[", "]", ",", ";", ":", ".", "=", "<", ">", "+", "-",
            "*", "/", "%", "^",
    ];

    private readonly string _text = diagnostics.Source.Text;
    private int _at;

    public static List<Token> Tokens(Diagnostics diagnostics)
    {
        if (diagnostics.Source.Text.Length <= MaxSourceLength)
        {
            return new Lexer(diagnostics).All();
        }

        diagnostics.Add(BpcError.RuleParse, new(0, 1), "the source is too long",
            $"at most {MaxSourceLength} characters; split the package");
        return [new(TokenKind.End, new(0, 0), "")];
    }

    private List<Token> All()
    {
        var tokens = new List<Token>();
        while (true)
        {
            while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }

            if (_at >= _text.Length)
            {
                tokens.Add(new(TokenKind.End, new(_text.Length, 0), ""));
                return tokens;
            }

            if (Next() is { } token)
            {
                tokens.Add(token);
            }
        }
    }

    private Token? Next()
    {
        var c = _text[_at];
        if (IsNameStart(c))
        {
            return Name();
        }

        if (char.IsAsciiDigit(c))
        {
            return DateEnd() is { } date ? Take(TokenKind.Date, date) : Take(TokenKind.Number, NumberEnd());
        }

        if (_text.AsSpan(_at).StartsWith("--"))
        {
            return Take(TokenKind.Comment, LineEnd());
        }

        if (c == '"')
        {
            return Text();
        }

        if (s_symbols.FirstOrDefault(s => string.CompareOrdinal(_text, _at, s, 0, s.Length) == 0) is { } symbol)
        {
            return Take(TokenKind.Symbol, _at + symbol.Length);
        }

        var length = char.IsSurrogatePair(_text, _at) ? 2 : 1;
        Wrong(new(_at, length), $"'{_text.Substring(_at, length)}' has no meaning here",
            "remove it, or put it in a text between quotes");
        _at += length;
        return null;
    }

    // A line ends at \n or \r\n, as everybody who counts lines agrees; a lone \r ends nothing.
    private int LineEnd()
    {
        var end = _text.IndexOf('\n', _at);
        return end < 0 ? _text.Length : _text[end - 1] == '\r' ? end - 1 : end;
    }

    // What is too long is cut, so that no later message repeats all of it.
    private Token Name()
    {
        var whole = Take(TokenKind.Name, While(_at, IsNamePart));
        if (whole.Text.Length <= MaxNameLength)
        {
            return whole;
        }

        Wrong(whole.At, $"this name has more than {MaxNameLength} letters", "choose a shorter one");
        return whole with { Text = whole.Text[..MaxNameLength] };
    }

    private Token Text()
    {
        var start = _at++;
        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] is not '"' and not '\n' and not '\r')
        {
            if (_text[_at] == '\\')
            {
                Escape(value);
            }
            else
            {
                value.Append(_text[_at++]);
            }
        }

        if (_at < _text.Length && _text[_at] == '"')
        {
            _at++;
        }
        else
        {
            Wrong(new(start, _at - start), "this text does not end on its line",
                "close it with a \"; a line break in it is written \\n");
        }

        var text = value.ToString();
        if (!IsWhole(text))
        {
            Wrong(new(start, _at - start), "this text holds half of a surrogate pair, which is no character",
                "write both halves: \\ud83d\\udd0b");
        }

        return new(TokenKind.Text, new(start, _at - start), text);
    }

    // What a rule writes into a passport has to be Unicode: a half would only be found when somebody compiles.
    private static bool IsWhole(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    private void Escape(StringBuilder value)
    {
        var kind = _at + 1 < _text.Length ? _text[_at + 1] : ' ';
        var plain = "\"\\/bfnrt".IndexOf(kind, StringComparison.Ordinal);
        if (plain >= 0)
        {
            value.Append("\"\\/\b\f\n\r\t"[plain]);
            _at += 2;
        }
        else if (kind == 'u' && _at + 6 <= _text.Length
            && !_text.AsSpan(_at + 2, 4).ContainsAnyExcept(s_hexDigits))
        {
            value.Append((char)Convert.ToInt32(_text.Substring(_at + 2, 4), 16));
            _at += 6;
        }
        else
        {
            Wrong(new(_at, 2), "this escape is not known",
                "known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits");
            _at++;
        }
    }

    // 2027-02-18 is a date; a subtraction is written with blanks.
    private int? DateEnd()
    {
        const string pattern = "dddd-dd-dd";
        if (_at + pattern.Length > _text.Length)
        {
            return null;
        }

        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == 'd' ? !char.IsAsciiDigit(_text[_at + i]) : _text[_at + i] != '-')
            {
                return null;
            }
        }

        return _at + pattern.Length;
    }

    // A point belongs to the number only before a digit: 0.001..2.000 has two numbers, and "5 ." ends one.
    private int NumberEnd()
    {
        var end = While(_at, char.IsAsciiDigit);
        return end + 1 < _text.Length && _text[end] == '.' && char.IsAsciiDigit(_text[end + 1])
            ? While(end + 1, char.IsAsciiDigit) : end;
    }

    private int While(int from, Func<char, bool> belongs)
    {
        while (from < _text.Length && belongs(_text[from]))
        {
            from++;
        }

        return from;
    }

    private Token Take(TokenKind kind, int end)
    {
        var token = new Token(kind, new(_at, end - _at), _text[_at..end]);
        _at = end;
        return token;
    }

    private void Wrong(Span at, string wrong, string right) => diagnostics.Add(BpcError.RuleParse, at, wrong, right);

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
