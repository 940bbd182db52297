using Bpc.Core;
using Bpc.Core.Rules;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

/// <summary>The largest that is taken, and the next that is refused.</summary>
public sealed class RuleLimitTests
{
    [Theory]
    [InlineData("(", "1", ")", 63)]
    [InlineData("- ", "1", "", 63)]
    [InlineData("if true then 1 else ", "1", "", 63)]
    [InlineData("[1].fold(0, (a, b) => 1 + ", "1", ")", 31)]
    public void Expressions_nest_so_deep(string open, string inner, string close, int most)
    {
        string Nested(int depth) =>
            string.Concat(Enumerable.Range(0, depth).Select(i => open.Replace("a, b", $"a{i}, b{i}")))
                + inner + string.Concat(Enumerable.Repeat(close, depth));
        Assert.NotNull(Value("Int", Nested(most)));
        var error = RefusedBody("Int", Nested(most + 1));
        Assert.Equal(BpcError.RuleBudgetExceeded, error.Code);
        Assert.Contains("nested deeper than 64 levels", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", " + 1", 255)]
    [InlineData("1", ".abs()", 255)]
    public void Steps_in_a_row_stand_in_each_other_so_often(string first, string next, int most)
    {
        string Row(int length) => first + string.Concat(Enumerable.Repeat(next, length));
        Assert.NotNull(Value("Int", Row(most)));
        var error = RefusedBody("Int", Row(most + 1));
        Assert.Equal(BpcError.RuleBudgetExceeded, error.Code);
        Assert.Contains("more than 256 steps stand in each other", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{ a: ", " }")]
    public void Lists_and_records_stand_in_each_other_so_deep(string open, string close)
    {
        string Nested(int depth) => "count([" + string.Concat(Enumerable.Repeat(open, depth - 1)) + "1"
            + string.Concat(Enumerable.Repeat(close, depth - 1)) + "])";
        Assert.NotNull(Value("Int", Nested(32)));
        Assert.Contains("deeper than 32 times", RefusedBody("Int", Nested(33)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_has_so_many_names()
    {
        string Package(int names) =>
            $"{Header}field {string.Join('.', Enumerable.Repeat("a", names))} : Int access public = 1;";
        RulePackage.Compile(Package(24));
        Assert.Contains("more than 24 names", Refused(Package(25)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_so_many_letters()
    {
        string Package(int letters) => $"{Header}field {new string('a', letters)} : Int access public = 1;";
        RulePackage.Compile(Package(128));
        Assert.Contains("more than 128 letters", Refused(Package(129)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_has_so_many_lets_of_its_own()
    {
        string Package(int lets) => Header
            + string.Concat(Enumerable.Range(0, lets).Select(i => $"let a{i} = 1;\n"));
        RulePackage.Compile(Package(1_000));
        Assert.Contains("no more than 1000 lets", Assert.Single(Refused(Package(60_000)).Violations).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_has_so_many_parts()
    {
        string Members(int count, string value) =>
            $"{{ {string.Join(", ", Enumerable.Range(0, count).Select(i => $"m{i}: {value}"))} }}";
        Assert.Equal(1L, Value("Int", $"{Members(999, "1")}.m0"));
        Assert.Contains("this type has more than 1000 parts", RefusedBody("Int", $"{Members(1_000, "1")}.m0").Message,
            StringComparison.Ordinal);
        RulePackage.Compile($"{Header}facts A {Members(998, "Int")}");
        Assert.Contains("this type has more than 1000 parts",
            Assert.Single(Refused($"{Header}facts A {Members(70_000, "Int")}").Violations).Message,
            StringComparison.Ordinal);
        Assert.Contains("this type has more than 1000 parts",
            Assert.Single(Refused($"{Header}field a : Record {Members(500, "Opt(Int)")} access public = 1;").Violations)
                .Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qty(1.0, m^5) * qty(1.0, m^4)", null)]
    [InlineData("qty(1.0, m^5) * qty(1.0, m^5)", "the unit m^10 has a power beyond 9")]
    [InlineData("qty(1.0, kg) / qty(1.0, m^9)", null)]
    [InlineData("qty(1.0, 1/m^5) / qty(1.0, m^5)", "the unit 1/m^10 has a power beyond 9")]
    [InlineData("qty(1.0, m^9*m)", "the unit m^10 has a power beyond 9")]
    public void A_unit_has_such_powers(string body, string? refusal)
    {
        var message = RefusedBody("Text", body).Message;
        Assert.Equal(refusal is not null, message.Contains("beyond 9", StringComparison.Ordinal));
        Assert.Contains(refusal ?? "", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_has_so_many_characters()
    {
        string Required(int length) => $"require(some(1), \"{new string('E', length)}\", \"why\")";
        Assert.Equal(1L, Value("Int", Required(200)));
        Assert.Contains("longer than 200 characters", RefusedBody("Int", Required(201)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12, null)]
    [InlineData(13, "a text grows beyond 65536 characters")]
    public void A_text_grows_so_long(int doublings, string? refusal)
    {
        var lets = string.Concat(Enumerable.Range(1, doublings).Select(i => $"let a{i} = a{i - 1} + a{i - 1}; "));
        var body = $"let a0 = \"{new string('x', 16)}\"; {lets}length(a{doublings})";
        if (refusal is null)
        {
            Assert.Equal(65_536L, Value("Int", body));
            return;
        }

        var error = Assert.Throws<BpcException>(() => Value("Int", body));
        Assert.Equal(BpcError.RuleBudgetExceeded, error.Code);
        Assert.Contains(refusal, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_has_so_many_digits_after_the_point()
    {
        const string small = "0.000000000000000001";
        Assert.Equal("0.0", Value("Dec(1)", $"round({small} * {small}, 1)"));
        Assert.Contains(
            "the product has 37 digits after the point",
            RefusedBody("Dec(1)", $"round({small} * {small} * 0.1, 1)").Message, StringComparison.Ordinal);
        Assert.Contains(
            "is no decimal of the language", RefusedBody("Dec(1)", $"round({small}1, 1)").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_shares_its_parts_costs_as_much_as_writing_it()
    {
        string Doubled(int times) => string.Concat(
            Enumerable.Range(1, times).Select(i => $"let a{i} = [a{i - 1}, a{i - 1}]; ")) + $"count(a{times})";
        Assert.Equal(2L, Value("Int", $"let a0 = 1; {Doubled(16)}"));
        var error = Assert.Throws<BpcException>(() => Value("Int", $"let a0 = 1; {Doubled(19)}"));
        Assert.Equal(BpcError.RuleBudgetExceeded, error.Code);
        Assert.Contains("more than 1000000 steps", error.Message, StringComparison.Ordinal);
    }
}
