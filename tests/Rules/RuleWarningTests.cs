using Bpc.Core.Rules;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

/// <summary>What compiles and may still tell an audience what it may not see.</summary>
public sealed class RuleWarningTests
{
    private const string Facts = "facts T { secret : Opt(Int), n : Opt(Int) }\nlet it = fact(\"T\", \"t\");\n"
        + "field a.secret : Opt(Int) access authorities = it.secret;\n"
        + "field a.own : Opt(Int) access legitimate_interest = it.n;\n";

    [Theory]
    [InlineData("check leak = it.secret > 5;", "leak reads facts itself", "add access public, or a narrower audience")]
    [InlineData("check leak = count(facts(\"T\", \"t\")) > 5;", "leak reads facts itself", "say who may")]
    [InlineData("check leak applies when it.n == 1 = field(a.secret) > 5;", "leak reads facts itself", "say who may")]
    [InlineData("let more = it.secret.or(1);\ncheck leak = more > 5;", "leak reads facts itself", "say who may")]
    [InlineData("field a.pub : Opt(Int) access public = field(a.secret);",
        "a.pub is public and reads a.secret, which is authorities", "add access authorities, or")]
    [InlineData("field a.pub : Opt(Int) access restricted applies when field(a.secret) > 5 = it.n;",
        "a.pub is restricted and reads a.secret", "add access authorities, or")]
    [InlineData("field a.pub : Opt(Int) access legitimate_interest = field(a.secret);",
        "a.pub is legitimate_interest and reads a.secret", "nobody may see both")]
    public void What_may_leak_is_named_with_its_place_and_what_would_be_right(string rule, string wrong, string right)
    {
        var warning = Assert.Single(RulePackage.Compile($"{Header}{Facts}{rule}").Warnings);
        Assert.StartsWith("line ", warning.Where, StringComparison.Ordinal);
        Assert.StartsWith(wrong, warning.Message, StringComparison.Ordinal);
        Assert.Contains(right, warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check fine = field(a.secret) > 5;")]
    [InlineData("check fine access public = it.n > 5;")]
    [InlineData("check fine = [1].all(it2 => it2 > 5);")]
    [InlineData("field a.fine : Opt(Int) access authorities = field(a.secret);")]
    [InlineData("field a.pub : Opt(Int) access public = it.n;\n"
        + "field a.fine : Opt(Int) access restricted = field(a.pub);")]
    public void What_says_who_may_see_it_and_reads_nothing_narrower_is_fine(string rule) =>
        Assert.Empty(RulePackage.Compile($"{Header}{Facts}{rule}").Warnings);

    [Fact]
    public void No_package_of_ours_has_any() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "rules"), "*.bpcr", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".test.bpcr", StringComparison.Ordinal)),
        file => Assert.Empty(RulePackage.Compile(File.ReadAllText(file)).Warnings));
}
