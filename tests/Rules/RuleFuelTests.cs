using Bpc.Core;
using Bpc.Core.Rules;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

/// <summary>What a package does costs steps in proportion: nothing large is done for one step.</summary>
public sealed class RuleFuelTests
{
    private static readonly string s_twenty = string.Join(',', Enumerable.Range(0, 20));
    private static readonly string s_thousand = string.Join(',', Enumerable.Range(0, 1_000));
    private static readonly string s_long = new('x', 65_000);

    [Fact]
    public void Seeking_a_long_text_in_a_longer_one_costs_by_both() => Exceeds(
        $"let a = \"{s_long}\"; let b = \"{s_long[..30_000]}\"; "
            + $"count([{s_twenty}].filter(n => includes(a, b + text(n))))");

    [Fact]
    public void A_text_that_is_written_out_costs_by_its_length() =>
        Exceeds($"count([{s_thousand}].map(n => length(\"{s_long}0000\")))");

    [Theory]
    [InlineData("first(big).or(0)")]
    [InlineData("count(present(nones))")]
    [InlineData("count(filled(some(big)).or([]))")]
    [InlineData("length(join(empty, \"\"))")]
    public void A_function_that_goes_through_a_list_costs_by_its_items(string of)
    {
        var list = string.Join(',', Enumerable.Repeat("0", 2_000));
        Exceeds($"let big = [{list}]; let nones = big.map(n => first([n].filter(m => m > 0))); "
            + $"let empty = big.map(n => \"\"); sum(big.map(n => {of}))");
    }

    [Fact]
    public void A_value_costs_again_in_every_field_that_shows_it()
    {
        var list = string.Join(',', Enumerable.Repeat("0", 2_000));
        var fields = string.Concat(
            Enumerable.Range(0, 600).Select(i => $"field f{i} : List(Int) access public = big;\n"));
        var package = RulePackage.Compile($"{Header}let big = [{list}];\n{fields}");
        Assert.Equal(
            BpcError.RuleBudgetExceeded, Assert.Throws<BpcException>(() => package.Evaluate(Input())).Code);
    }

    [Fact]
    public void A_proof_without_end_is_refused_while_it_grows()
    {
        var escaped = string.Concat(Enumerable.Repeat("\\u0001", 60_000));
        TooLarge($"let c = \"{escaped}\"; count([{string.Join(',', Enumerable.Range(0, 60))}].map(n => c + text(n)))");
        TooLarge($"let c = \"{escaped}\"; count([{string.Join(',', Enumerable.Repeat("c", 60))}])");

        static void TooLarge(string body)
        {
            var error = Assert.Throws<BpcException>(() => Value("Int", body));
            Assert.Equal(BpcError.ProofTooLarge, error.Code);
        }
    }

    private static void Exceeds(string body)
    {
        var error = Assert.Throws<BpcException>(() => Value("Int", body));
        Assert.Equal(BpcError.RuleBudgetExceeded, error.Code);
        Assert.Contains("more than 1000000 steps", error.Message, StringComparison.Ordinal);
    }
}
