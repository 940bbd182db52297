using Bpc.Core;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

/// <summary>
/// Sources that would take minutes to check: they are refused, or end at once. Nothing here measures time.
/// </summary>
public sealed class RuleCostTests
{
    [Fact]
    public void What_a_test_says_of_its_product_is_as_bounded_as_every_expression()
    {
        var sku = string.Join("+", Enumerable.Repeat("\"a\"", 300));
        var error = Refused($"{Header}example e {{ product {{ sku: {sku} }} expect 1 == 1 }}");
        Assert.Equal(BpcError.RuleBudgetExceeded, error.Code);
        Assert.Contains("more than 256 steps stand in each other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_shares_its_parts_is_refused_before_it_is_walked()
    {
        var lets = string.Concat(
            Enumerable.Range(1, 30).Select(i => $"let a{i} = {{ m0: a{i - 1}, m1: a{i - 1} }}; "));
        var error = RefusedBody("Int", $"let a0 = 1; {lets}1");
        Assert.Equal(BpcError.RuleType, error.Code);
        Assert.Contains(
            "this type has more than 1000 parts", error.Violations[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_values_of_a_wide_type_are_compared_member_by_member()
    {
        var record = $"{{ {string.Join(", ", Enumerable.Range(0, 900).Select(i => $"m{i}: 1"))} }}";
        var items = string.Join(',', Enumerable.Repeat("a,b", 5_000));
        var error = RefusedBody("Text", $"let a = {record}; let b = {record}; count([{items}])");
        Assert.Contains("found Int", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_unit_is_multiplied_only_so_often()
    {
        var lets = string.Concat(Enumerable.Range(1, 40).Select(i => $"let a{i} = a{i - 1} * a{i - 1}; "));
        var error = RefusedBody("Int", $"let a0 = qty(1, kg); {lets}convert(a40, g)");
        Assert.Equal(BpcError.RuleType, error.Code);
        Assert.Contains("the unit kg^16 has a power beyond 9", Assert.Single(error.Violations).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Escapes_take_as_long_wherever_they_stand() => Assert.Equal(
        150_000L, Value("Int", $"length(\"{string.Concat(Enumerable.Repeat("\\u0041", 150_000))}\")"));

    [Fact]
    public void A_path_without_end_is_one_error()
    {
        var path = string.Join('.', Enumerable.Repeat("a", 400_000));
        Assert.Contains("the path has more than 24 names",
            Assert.Single(Refused($"{Header}field {path} : Int access public = 1;").Violations).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_not_there_get_a_hint_only_while_guessing_is_cheap()
    {
        var fields = string.Concat(Enumerable.Range(0, 7_000).Select(i =>
            $"field {new string('a', 40)}{i} : Int access public = field({new string('b', 40)}{i});\n"));
        Assert.Equal(200, Refused(Header + fields).Violations.Count);
        var names = string.Concat(Enumerable.Range(0, 100).Select(i =>
            $"field {Path('a')}{i} : Int access public = field({Path('b')}{i});\n"));
        Assert.Equal(100, Refused(Header + names).Violations.Count);

        static string Path(char letter) => string.Join('.', Enumerable.Repeat(new string(letter, 120), 24));
    }

    [Fact]
    public void Of_many_cycles_the_first_are_named()
    {
        var chain = Enumerable.Range(0, 8_000).Select(i => Field($"a{i:D4}", $"a{i + 1:D4}"));
        var last = Field("a8000", [.. Enumerable.Range(0, 15).Select(i => $"b{i:D2}")]);
        var many = Enumerable.Range(0, 15).Select(
            i => Field($"b{i:D2}", [.. Enumerable.Range(i * 200, 200).Select(n => $"c{n:D4}")]));
        var cycles = Enumerable.Range(0, 3_000).Select(i => Field($"c{i:D4}", $"c{i:D4}"));
        var error = Refused(Header + string.Concat([.. chain, last, .. many, .. cycles]));
        Assert.Equal(BpcError.RuleCycle, error.Code);
        Assert.Equal(200, error.Violations.Count);

        static string Field(string path, params string[] reads) => $"field {path} : Int access public = "
            + string.Join(" + ", reads.Select(read => $"field({read})")) + ";\n";
    }

    [Fact]
    public void Of_a_long_cycle_the_first_members_are_named()
    {
        var fields = Enumerable.Range(0, 300).Select(
            i => $"field a{i:D3} : Int access public = field(a{(i + 1) % 300:D3});\n");
        var error = Refused(Header + string.Concat(fields));
        Assert.Contains("a048 → a049 → … 250 more … → a000\n", error.Message, StringComparison.Ordinal);
    }
}
