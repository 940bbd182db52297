namespace Bpc.Core.Rules.Syntax;

/// <summary>Whether a blank stands between two tokens of one line.</summary>
internal static class Spacing
{
    // Words after which a bracket is not that of a call.
    private static readonly HashSet<string> s_words = new(StringComparer.Ordinal)
    {
        "and", "or", "not", "if", "then", "else", "in", "when", "expect", "let",
    };

    public static bool Between(string source, IReadOnlyList<Token> tokens, int index)
    {
        var (before, token) = (tokens[index - 1], tokens[index]);
        if (before.Kind == TokenKind.Symbol && token.Kind == TokenKind.Symbol && (before.Text, token.Text) is (
            "{", "}"))
        {
            return false;
        }

        // Two signs that grow together would begin a comment.
        if (before.Is("-") && token.Is("-"))
        {
            return true;
        }

        return token.Kind == TokenKind.Symbol && Before(source, tokens, index) is { } blankBefore ? blankBefore
            : before.Kind == TokenKind.Symbol && After(source, tokens, index) is { } blankAfter ? blankAfter
            : true;
    }

    private static bool? Before(string source, IReadOnlyList<Token> tokens, int index)
    {
        var (before, token) = (tokens[index - 1], tokens[index]);
        return token.Text switch
        {
            "," or ";" or ")" or "]" or ".." => false,
            "}" => !IsRecordType(tokens, index),
            "{" => !before.Is("Record") && !before.Is("(") && !before.Is("["),
            "(" or "[" when before.Kind == TokenKind.Name =>
                s_words.Contains(before.Text) && !IsMember(tokens, index - 1),
            "." or ":" or "%" => IsApart(source, before, token),
            "*" or "/" or "^" => IsApart(source, before, token) || IsApart(source, token, tokens[index + 1]),
            _ => null,
        };
    }

    private static bool? After(string source, IReadOnlyList<Token> tokens, int index)
    {
        var (before, token) = (tokens[index - 1], tokens[index]);
        return before.Text switch
        {
            "(" or "[" or ".." => false,
            "{" => !IsRecordType(tokens, index - 1),
            "-" => index >= 2 && EndsValue(tokens[index - 2]),
            "." => IsApart(source, before, token),
            "*" or "/" or "^" => IsApart(source, tokens[index - 2], before) || IsApart(source, before, token),
            _ => null,
        };
    }

    // What stands between a sign and a comment says nothing about the sign.
    private static bool IsApart(string source, Token left, Token right) =>
        left.Kind != TokenKind.Comment && right.Kind != TokenKind.Comment
            && left.At.End < right.At.Start && char.IsWhiteSpace(source[left.At.End]);

    // A minus after a value subtracts; after anything else it is a sign.
    private static bool EndsValue(Token token) => token.Kind switch
    {
        TokenKind.Symbol => token.Text is ")" or "]" or "}" or "%",
        TokenKind.Name => !s_words.Contains(token.Text),
        _ => true,
    };

    private static bool IsMember(IReadOnlyList<Token> tokens, int name) => name > 0 && tokens[name - 1].Is(".");

    // Record{name: Text} is written close; every other brace has a blank inside.
    private static bool IsRecordType(IReadOnlyList<Token> tokens, int brace)
    {
        var depth = 0;
        for (var i = brace; i >= 0; i--)
        {
            depth += tokens[i].Is("}") ? 1 : tokens[i].Is("{") ? -1 : 0;
            if (tokens[i].Is("{") && (depth == 0 || i == brace))
            {
                return i > 0 && tokens[i - 1].Is("Record");
            }
        }

        return false;
    }
}
