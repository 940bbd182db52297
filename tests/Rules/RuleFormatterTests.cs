using Bpc.Core;
using Bpc.Core.Rules;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules;

public sealed class RuleFormatterTests
{
    internal static readonly string[] Sources =
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

    [Theory]
    [InlineData("facts T { n: Qty(A/-- per\n Ah, 2) }")]
    [InlineData("field x: Int access public = 1 *-- times\n 2;")]
    [InlineData("field x: Int access public = 1 -- one\n *2;")]
    public void A_comment_beside_a_sign_does_not_move_it(string source) =>
        AssertStable(RuleSamples.Header + source);

    [Fact]
    public void A_comment_ends_with_its_line_and_not_at_a_carriage_return()
    {
        const string source = RuleSamples.Header
            + "field x : Opt(Int) access public -- voluntary\r applies when false\r\n = none;";

        var formatted = RuleFormatter.Format(source);

        Assert.Contains("-- voluntary\r applies when false\n", formatted, StringComparison.Ordinal);
        foreach (var text in (string[])[source, formatted])
        {
            Assert.Equal("MISSING", RulePackage.Compile(text).Evaluate(RuleSamples.Input()).Compliance[0].Outcome);
        }
    }

    [Fact]
    public void Formatting_twice_is_formatting_once_and_keeps_every_token_and_comment()
    {
        foreach (var source in Sources)
        {
            AssertStable(source);
        }
    }

    [Fact]
    public void Two_signs_do_not_become_a_comment() => Assert.Contains(
        "= - -1;", RuleFormatter.Format(RuleSamples.Header + "field a : Int access public = - - 1;"),
        StringComparison.Ordinal);

    [Fact]
    public void A_source_that_does_not_parse_is_not_laid_out() =>
        Assert.Equal(BpcError.RuleParse, Assert.Throws<BpcException>(() => RuleFormatter.Format("package p;")).Code);

    internal static void AssertStable(string source)
    {
        var once = RuleFormatter.Format(source);
        Assert.Equal(once, RuleFormatter.Format(once));
        Assert.Equal(Tokens(source), Tokens(once));
    }

    private static IEnumerable<(TokenKind, string)> Tokens(string source) =>
        Lexer.Tokens(new(new(source))).Select(token => (token.Kind, token.Text.TrimEnd()));
}
