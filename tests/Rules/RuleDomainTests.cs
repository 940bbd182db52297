using Bpc.Core;
using Bpc.Core.Rules;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

/// <summary>What stands after <c>in</c>: which values are drawn, and which case is the simplest.</summary>
public sealed class RuleDomainTests
{
    [Theory]
    [InlineData("Int in 1..3", 3)]
    [InlineData("Int in 2..2", 1)]
    [InlineData("Int in -3..-1", 3)]
    [InlineData("Opt(Int) in 1..2", 3)]
    [InlineData("Bool", 2)]
    [InlineData("Bool in [true]", 1)]
    [InlineData("Text in [\"a\", \"b\", \"a\"]", 2)]
    [InlineData("Date in 2027-02-27..2027-03-01", 3)]
    [InlineData("Date in 2027-02-27..2027-02-27", 1)]
    [InlineData("Dec(1) in 0.8..1.1", 4)]
    [InlineData("Dec(1) in 1..2", 11)]
    [InlineData("Qty(kWh, 0) in 1..4", 4)]
    [InlineData("Qty(kWh, 1) in 0.5..0.5", 1)]
    public void A_small_domain_is_drawn_whole(string domain, int cases) =>
        Assert.Equal((cases, 0), Run(domain, "true"));

    [Theory]
    [InlineData("Int in -5..5", "x > 9", "x = 0")]
    [InlineData("Int in -9..-3", "x > 9", "x = -3")]
    [InlineData("Int in 3..9", "x > 9", "x = 3")]
    [InlineData("Int in 0..1000000", "x < 4321", "x = 4321")]
    [InlineData("Int in -1000000..0", "x > -4321", "x = -4321")]
    [InlineData("Dec(2) in -1.00..1.00", "x < 0.50", "x = 0.50")]
    [InlineData("Date in 2027-01-01..2027-12-31", "x < 2027-03-04", "x = 2027-03-04")]
    [InlineData("Opt(Int) in 1..9", "isSome(x)", "x = none")]
    [InlineData("Opt(Int) in 1..9", "x.or(0) < 5", "x = 5")]
    [InlineData("Text in [\"b\", \"a\"]", "x == \"c\"", "x = b")]
    [InlineData("Int in 0..1000, y : Int in 0..1000", "x + y < 700 or x < 300", "x = 300, y = 400")]
    public void A_failing_case_is_shown_as_simple_as_it_can_be(string domain, string holds, string simplest)
    {
        var failure = Assert.Single(Report(domain, holds).Failures);
        Assert.Equal(simplest, failure.Case);
    }

    [Theory]
    [InlineData("Int in 2..1", "this is no range of Int")]
    [InlineData("Date in 2027-02-02..2027-02-01", "this is no range of Date")]
    [InlineData("Dec(1) in 2.0..1.9", "this is no range of Dec(1)")]
    [InlineData("Dec(1) in 0.01..1.0", "at most 1 digits after the point")]
    [InlineData("Dec(1) in 0.1..1.01", "at most 1 digits after the point")]
    [InlineData("Int in 1..2.0", "this is no range of Int")]
    [InlineData("Text in 1..2", "others list their values")]
    [InlineData("Dec(18) in 0..9", "the range is too wide")]
    [InlineData("Dec(18) in -9..0", "the range is too wide")]
    [InlineData("Text in []", "there is nothing to choose from")]
    [InlineData("Text in [1]", "expected Text, found Int")]
    [InlineData("Int in [9007199254740991 + 1]", "outside ±(2^53 − 1)")]
    public void A_domain_that_is_none_is_refused(string domain, string wrong) => Assert.Contains(
        wrong, Assert.Throws<BpcException>(() => Run(domain, "true")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_wide_range_is_drawn_from_end_to_end()
    {
        Assert.Equal("x = 9007199254740991",
            Assert.Single(Report("Int in -9007199254740991..9007199254740991", "x < 9007199254740991").Failures).Case);
        Assert.Equal("x = -9007199254740991",
            Assert.Single(Report("Int in -9007199254740991..9007199254740991", "x > -9007199254740991").Failures).Case);
    }

    private static (int Cases, int Failed) Run(string domain, string holds) =>
        Report(domain, holds) is var report ? (report.Cases, report.Failed) : default;

    private static RuleTestReport Report(string domain, string holds) => RuleTests.Run(
        RulePackage.Compile($"{Header}field f : Int access public = 1;"),
        $$"""property p cases 300 seed 1 { forall x : {{domain}} . fact "T" "t" { "x": x } expect {{holds}} }""",
        0, TestContext.Current.CancellationToken);
}
