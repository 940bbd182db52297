using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules;

public sealed class RuleFormatterPropertyTests
{
    [Fact]
    public void A_source_with_its_blanks_and_line_breaks_shaken_is_laid_out_as_stably()
    {
        const int seed = 7;
        var random = new Random(seed);
        var sources = RuleFormatterTests.Sources;
        for (var i = 0; i < 200; i++)
        {
            RuleFormatterTests.AssertStable(Shaken(sources[i % sources.Length], random));
        }
    }

    // Blanks may come and go between tokens only where two of them would not grow together.
    private static string Shaken(string source, Random random) =>
        string.Concat(Lexer.Tokens(new(new(source))).Select(token =>
        source[token.At.Start..token.At.End]
            + (token.Kind == TokenKind.Comment ? "\n"
                : random.Next(6) switch { 0 => "\n", 1 => "  ", 2 => "\n\n\n", _ => " " })));
}
