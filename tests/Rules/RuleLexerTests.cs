using Bpc.Core;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules;

public sealed class RuleLexerTests
{
    [Theory]
    [InlineData("a_1 _b", "Name a_1, Name _b")]
    [InlineData("1a", "Number 1, Name a")]
    [InlineData("12.50.3", "Number 12.50, Symbol ., Number 3")]
    [InlineData("1..2", "Number 1, Symbol .., Number 2")]
    [InlineData("1.", "Number 1, Symbol .")]
    [InlineData("2027-02-18", "Date 2027-02-18")]
    [InlineData("2027-02-1", "Number 2027, Symbol -, Number 02, Symbol -, Number 1")]
    [InlineData("2027-0a-18", "Number 2027, Symbol -, Number 0, Name a, Symbol -, Number 18")]
    [InlineData("2027 02-18", "Number 2027, Number 02, Symbol -, Number 18")]
    [InlineData("a<=b=>c==d", "Name a, Symbol <=, Name b, Symbol =>, Name c, Symbol ==, Name d")]
    [InlineData("a -- b\rb\r\nc", "Name a, Comment -- b\rb, Name c")]
    [InlineData("a -- b\r\nc", "Name a, Comment -- b, Name c")]
    [InlineData("--", "Comment --")]
    [InlineData("\t \r\n", "")]
    [InlineData("", "")]
    [InlineData("""
        "\"\\\/\b\f\n\r\t\u0041z"
        """, "Text \"\\/\b\f\n\r\tAz")]
    [InlineData("\"\"", "Text ")]
    public void A_source_is_cut_into_its_tokens(string source, string tokens)
    {
        var diagnostics = new Diagnostics(new(source));
        var found = Lexer.Tokens(diagnostics);
        Assert.False(diagnostics.Any);
        Assert.Equal(TokenKind.End, found[^1].Kind);
        Assert.Equal(tokens, string.Join(", ", found.SkipLast(1).Select(token => $"{token.Kind} {token.Text}")));
    }

    [Theory]
    [InlineData("a € b", "'€' has no meaning here", "a € b", "  ^")]
    [InlineData("a 😀 b", "'😀' has no meaning here", "a 😀 b", "  ^^")]
    [InlineData("\"ab", "this text does not end on its line", "\"ab", "^^^")]
    [InlineData("\"ab\n\"", "this text does not end on its line", "\"ab", "^^^")]
    [InlineData("\t\"\\x\"", "this escape is not known", "\t\"\\x\"", "\t ^^")]
    [InlineData("\"\\u00g0\"", "this escape is not known", "\"\\u00g0\"", " ^^")]
    [InlineData("\"\\u004", "this escape is not known", "\"\\u004", " ^^")]
    [InlineData("\"\\", "this escape is not known", "\"\\", " ^")]
    public void What_is_no_token_is_shown_with_its_place(string source, string wrong, string line, string carets)
    {
        var message = Refused(source);
        Assert.Contains($"{wrong}\n  {line}\n  {carets}\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_what_is_no_token_the_rest_is_still_read()
    {
        var diagnostics = new Diagnostics(new("a € b ? \"\\x\\y\" c"));
        Assert.Equal(["a", "b", "xy", "c", ""], Lexer.Tokens(diagnostics).Select(token => token.Text));
        var error = Assert.Throws<BpcException>(diagnostics.ThrowIfAny);
        Assert.Equal(4, error.Violations.Count);
    }

    [Theory]
    [InlineData(Lexer.MaxSourceLength, false)]
    [InlineData(Lexer.MaxSourceLength + 1, true)]
    public void A_source_has_a_longest_length(int length, bool isTooLong)
    {
        var diagnostics = new Diagnostics(new(new string(' ', length)));
        Assert.Equal(TokenKind.End, Assert.Single(Lexer.Tokens(diagnostics)).Kind);
        Assert.Equal(isTooLong, diagnostics.Any);
    }

    [Fact]
    public void The_same_error_is_listed_once_and_no_more_than_two_hundred_are()
    {
        var diagnostics = new Diagnostics(new(new string('x', 300)));
        for (var i = 0; i < 2; i++)
        {
            diagnostics.Add(BpcError.RuleType, new(7, 1), "wrong", "right");
            diagnostics.Add(BpcError.RuleType, new(7, 1), "also wrong", "right");
        }

        Assert.Equal(2, Assert.Throws<BpcException>(diagnostics.ThrowIfAny).Violations.Count);
        for (var i = 0; i < 300; i++)
        {
            diagnostics.Add(BpcError.RuleType, new(i, 1), "many", "right");
        }

        Assert.Equal(200, Assert.Throws<BpcException>(diagnostics.ThrowIfAny).Violations.Count);
    }

    private static string Refused(string source)
    {
        var diagnostics = new Diagnostics(new(source));
        Lexer.Tokens(diagnostics);
        return Assert.Throws<BpcException>(diagnostics.ThrowIfAny).Message;
    }
}
