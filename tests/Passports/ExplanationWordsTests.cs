using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Explain;
using Bpc.Core.Passports.Proving;
using Bpc.Core.Rules;
using Bpc.Tests.Rules;

namespace Bpc.Tests.Passports;

/// <summary>How an explanation is worded and laid out.</summary>
public sealed class ExplanationWordsTests
{
    [Fact]
    public void A_step_that_serves_twice_is_written_once() => Assert.Equal(
        """
        x = 9   (public)
        └─ * → 9
           ├─ + → 3
           │  ├─ 1
           │  └─ 2
           └─ + → 3  (as above)

        """, Text("field x : Int access public = let y = 1 + 2; y * y;"));

    [Theory]
    [InlineData(100, "")]
    [InlineData(101, "…")]
    public void A_long_value_is_cut_after_a_hundred_characters(int length, string end)
    {
        var shown = new string('a', Math.Min(100, length));
        Assert.Equal(
            $"x = {shown}{end}   (public)\n└─ \"{shown}{end}\"\n",
            Text($"field x : Text access public = \"{new string('a', length)}\";"));
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a\\n", "\"a\\n\"")]
    [InlineData("a b", "a b")]
    public void A_text_nobody_would_see_is_written_with_its_quotes(string text, string shown) => Assert.StartsWith(
        $"x = {shown}   (public)\n", Text($"field x : Text access public = \"{text}\";"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Opt(Int)", "none", "", "the rule says none here")]
    [InlineData("Opt(Int)", "first(facts(\"T\", \"\")).n", "", "'first' of an empty list")]
    [InlineData("Opt(Int)", "min(facts(\"T\", \"\").map(t => t.m))", "", "'min' of an empty list")]
    [InlineData("Opt(Int)", "max(facts(\"T\", \"\").map(t => t.m))", "", "'max' of an empty list")]
    [InlineData("Opt(Int)", "fact(\"T\", \"t\").n", "", "the snapshot has no fact T t")]
    [InlineData("Opt(Int)", "none", " applies for LMT",
        "it does not apply to this battery, or what it looks at has no value: for LMT")]
    [InlineData("Opt(Int)", "none", " applies until 2028-01-01 for EV when fact(\"T\", \"t\").m > 0",
        "whether it applies depends on something that is unknown: until 2028-01-01 for EV when its condition holds")]
    [InlineData("Opt(Int)", "none", " applies from 2030-01-01",
        "it is required only from a later day than the passport's: from 2030-01-01")]
    public void A_field_without_a_value_says_why(string type, string body, string applies, string why)
    {
        var (package, proof) = Run($"field x : {type} access public{applies} = {body};");
        Assert.Contains(why, proof.Explain("x", package.About("x")).Why);
        Assert.DoesNotContain(
            ": for", string.Join('\n', proof.Explain("x", null).Why), StringComparison.Ordinal);
    }

    [Fact]
    public void All_names_are_listed_with_their_value_or_outcome()
    {
        var (_, proof) = Run(
            "field x : Int access public = 1; field y : Opt(Int) access public = none; check c = true;");
        Assert.Equal(["c: PASS", "x = 1", "y: MISSING"], proof.Names().Select(ExplanationText.Line));
        Assert.Equal(
            """{"items":[{"name":"c","outcome":"PASS","value":null},{"name":"x","outcome":null,"value":1},"""
            + """{"name":"y","outcome":"MISSING","value":null}]}""",
            Encoding.UTF8.GetString(ExplanationJson.Write(proof.Names())));
    }

    [Fact]
    public void A_fact_of_a_file_without_a_name_says_its_kind_and_hash()
    {
        var package = RulePackage.Compile(
            Package("field x : Int access public = require(fact(\"T\", \"t\"), \"E\", \"no\").m;"));
        var result = package.Evaluate(RuleSamples.Input(RuleSamples.Fact("T", "t", """{"m":7}""")));
        var explained = ProofExplainer.Read(result.Proof.Bytes).Explain("x", package.About("x"));
        var known = explained.From(new Dictionary<FactKey, FactSource>
        {
            [new("T", "t")] = new("BOM", null, new('b', 64)),
        });
        Assert.Contains(
            "fact T t\n         │  from BOM, sha256 bbbbbbbbbbbb…\n         └─ \"t\"\n", ExplanationText.Write(known),
            StringComparison.Ordinal);
        Assert.DoesNotContain("from", ExplanationText.Write(explained), StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_and_reasons_stand_in_the_order_of_the_rule()
    {
        var (_, proof) = Run(
            "field x : Opt(Int) access public = both(fact(\"T\", \"b\").n, fact(\"T\", \"a\").n, (n, m) => n + m);");
        var explained = proof.Explain("x", null);
        Assert.Equal(["the snapshot has no fact T b", "the snapshot has no fact T a"], explained.Why);
        Assert.Equal(
            ["\"b\"", "\"a\""],
            explained.Steps.Where(step => step.Type == ProofNodeType.Const)
                .Select(step => Encoding.UTF8.GetString(CanonicalJson.Write(step.Result!))));
    }

    private static string Text(string source)
    {
        var (package, proof) = Run(source);
        return ExplanationText.Write(proof.Explain("x", package.About("x")));
    }

    private static (RulePackage Package, ProofExplainer Proof) Run(string source)
    {
        var package = RulePackage.Compile(Package(source));
        return (package, ProofExplainer.Read(package.Evaluate(RuleSamples.Input()).Proof.Bytes));
    }

    private static string Package(string source) =>
        $"{RuleSamples.Header}facts T {{ n : Opt(Int), m : Int }}\n{source}";
}
