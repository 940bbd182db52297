using Bpc.Core;
using Bpc.Core.Rules;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules;

public sealed class RuleFormatterTests
{
    private static readonly string[] s_sources =
    [
        RuleSamples.Battery, RuleSamples.BatteryTests,
        File.ReadAllText(Path.Combine(Repository.Root, "rules", "sample", "ev-battery.bpcr")),
        File.ReadAllText(Path.Combine(Repository.Root, "rules", "sample", "ev-battery.test.bpcr")),
    ];

    [Fact]
    public void Layout_is_indentation_and_blanks()
    {
        const string source = """
            package p   version "1" language "BPC-RULES-1"; facts T{n:Opt( Int )}


            -- why
            field a.b:Int   access public=
            let x=1 ;   -- one
            if x>-1   then sum( [x,x].map(y=>
            y*2)) else - x;
            """;
        const string formatted = """
            package p version "1" language "BPC-RULES-1";
            facts T { n: Opt(Int) }

            -- why
            field a.b: Int access public =
              let x = 1;  -- one
              if x > -1 then sum([x, x].map(y =>
                y*2)) else -x;

            """;
        Assert.Equal(formatted, RuleFormatter.Format(source));
    }

    [Fact]
    public void Formatting_twice_is_formatting_once_and_keeps_every_token_and_comment()
    {
        // Every source is also tried with its blanks and line breaks shaken, from a stated seed.
        var random = new Random(7);
        foreach (var source in s_sources
            .Concat(Enumerable.Range(0, 200).Select(i => Shaken(s_sources[i % s_sources.Length], random))))
        {
            var once = RuleFormatter.Format(source);
            Assert.Equal(once, RuleFormatter.Format(once));
            Assert.Equal(Tokens(source), Tokens(once));
        }
    }

    [Fact]
    public void Two_signs_do_not_become_a_comment() => Assert.Contains(
        "= - -1;", RuleFormatter.Format(RuleSamples.Header + "field a : Int access public = - - 1;"),
        StringComparison.Ordinal);

    [Fact]
    public void A_source_that_does_not_parse_is_not_laid_out() =>
        Assert.Equal(BpcError.RuleParse, Assert.Throws<BpcException>(() => RuleFormatter.Format("package p;")).Code);

    private static IEnumerable<(TokenKind, string)> Tokens(string source) =>
        Lexer.Tokens(new(new(source))).Select(token => (token.Kind, token.Text.TrimEnd()));

    // Blanks may come and go between tokens only where two of them would not grow together.
    private static string Shaken(string source, Random random) =>
        string.Concat(Lexer.Tokens(new(new(source))).Select(token =>
        source[token.At.Start..token.At.End]
            + (token.Kind == TokenKind.Comment ? "\n"
                : random.Next(6) switch { 0 => "\n", 1 => "  ", 2 => "\n\n\n", _ => " " })));
}
