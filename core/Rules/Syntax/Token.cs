namespace Bpc.Core.Rules.Syntax;

internal enum TokenKind
{
    Name,
    Number,
    Date,
    Text,
    Symbol,
    Comment,
    End,
}

/// <summary>One word of a source.</summary>
/// <param name="Text">The name, symbol or digits as written; for a text its value, without quotes and escapes.</param>
internal readonly record struct Token(TokenKind Kind, Span At, string Text)
{
    /// <summary>How a message names it.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the source",
        TokenKind.Text => $"the text \"{Text}\"",
        _ => $"'{Text}'",
    };

    public bool Is(string text) => Kind is TokenKind.Name or TokenKind.Symbol && Text == text;
}
