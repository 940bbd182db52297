using System.Globalization;
using Bpc.Core;
using Bpc.Core.Rules;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

public sealed class RuleEvaluationTests
{
    [Fact]
    public void The_same_input_gives_the_same_bytes_in_any_order_of_facts_culture_and_thread()
    {
        var package = RulePackage.Compile(
            File.ReadAllText(Path.Combine(Repository.Root, "rules", "sample", "ev-battery.bpcr")));
        var input = SamplePackageTests.Input("VLT75-26-000102");
        var expected = package.Evaluate(input).Proof.Bytes;
        Parallel.For(0, 16, i =>
        {
            var culture = CultureInfo.CurrentCulture;
            CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            CultureInfo.CurrentCulture.NumberFormat.NegativeSign = "minus";
            CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator = ",";
            try
            {
                var facts = input.Facts.ToArray();
                new Random(i).Shuffle(facts);
                Assert.Equal(expected, package.Evaluate(input with { Facts = facts }).Proof.Bytes);
            }
            finally
            {
                CultureInfo.CurrentCulture = culture;
            }
        });
    }

    [Theory]
    [InlineData("n : Opt(Dec(3))", """{"n":"75.5001"}""",
        "n is \"75.5001\", which has 4 digits after the point; the package wants at most 3 (Dec(3))")]
    [InlineData("n : Opt(Dec(3))", """{"n":"1e3"}""",
        "n is \"1e3\"; the package wants a plain decimal such as \"75.5\" (Dec(3))")]
    [InlineData("n : Opt(Dec(3))",
        """{"n":"9999999999999999999999999999999999999999999999999999999999999999999999999999"}""",
        "the package wants at most 76 digits in all (Dec(3))")]
    [InlineData("n : Opt(Int)", """{"n":"+5"}""", "n is \"+5\"; the package wants a whole number within ±(2^53 − 1)")]
    [InlineData("n : Opt(Int)", """{"n":"007"}""", "n is \"007\"; the package wants a whole number")]
    [InlineData("n : Opt(Int)", """{"n":"9007199254740992"}""", "the package wants a whole number within ±(2^53 − 1)")]
    [InlineData("n : Opt(Int)", """{"n":"1.5"}""", "n is \"1.5\"; the package wants a whole number within ±(2^53 − 1)")]
    [InlineData("n : Opt(Date)", """{"n":"2027-02-30"}""",
        "n is \"2027-02-30\"; the package wants a date as \"2027-02-18\"")]
    [InlineData("n : Opt(Text)", """{"n":true}""", "n is true; the package wants Text")]
    [InlineData("n : Text", "{}", "n is missing; the package wants Text; declare Opt(Text) where it may be absent")]
    [InlineData("n : Opt(List(Record{a: Int}))", """{"n":[{"a":"1"},{"a":"x"}]}""", "n[1].a is \"x\"")]
    public void A_fact_that_does_not_fit_its_declaration_is_named_with_what_was_read(
        string facts, string payload, string says)
    {
        var error = Assert.Throws<BpcException>(() => Value("Bool", "isSome(fact(\"T\", \"t\"))", facts, payload));
        Assert.Equal(BpcError.RuleAssertFailed, error.Code);
        Assert.StartsWith("x: FACT_INVALID: T 't': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","inner":{"n":"5"}}""", "x,5")]
    [InlineData("""{"name":"x"}""", "x,none")]
    [InlineData(null, "none,none")]
    public void A_let_of_the_package_is_known_to_all_fields_and_a_member_of_none_is_none(
        string? payload, string expected)
    {
        var package = RulePackage.Compile(Header + """
            facts T { name : Opt(Text), inner : Opt(Record{n: Int}) }
            let key = "t";
            let record = fact("T", key);
            let name = record.name.or("none");
            field a : Text access public = let second = record.inner.n.then(n => text(n)); name + "," + second.or("none");
            check named = record.name == name;
            """);
        var result = package.Evaluate(Input(payload is null ? [] : [Fact("T", "t", payload)]));
        Assert.Equal(new Core.Canonical.JsonValue.Text(expected), Assert.Single(result.Fields).Value);
        Assert.Equal(payload is null ? "NOT_APPLICABLE" : "PASS", Assert.Single(result.Compliance).Outcome);
        Assert.Null(Core.Passports.Proving.ProofVerifier.Verify(result.Proof.Bytes).Mismatch);
    }

    [Fact]
    public void Numbers_of_facts_are_padded_to_the_declared_scale_and_null_is_none()
    {
        Assert.Equal(
            "75.500",
            Value("Opt(Dec(3))", "fact(\"T\", \"t\").then(t => t.n)", "n : Opt(Dec(3))", """{"n":"75.5"}"""));
        Assert.Null(Value("Opt(Dec(3))", "fact(\"T\", \"t\").then(t => t.n)", "n : Opt(Dec(3))", """{"n":null}"""));
        Assert.Equal(5L, Value("Opt(Int)", "fact(\"T\", \"t\").then(t => t.n)", "n : Opt(Int)", """{"n":5}"""));
    }

    [Fact]
    public void A_fact_reads_the_same_in_a_culture_with_another_minus()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        CultureInfo.CurrentCulture.NumberFormat.NegativeSign = "minus";
        try
        {
            Assert.Equal(-5L, Value("Opt(Int)", "fact(\"T\", \"t\").then(t => t.n)", "n : Opt(Int)", """{"n":"-5"}"""));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void The_least_and_greatest_text_are_found_however_far_apart_the_letters_are()
    {
        Assert.Equal("z", Value("Opt(Text)", """max(["a", "z", "m"])"""));
        Assert.Equal("a", Value("Opt(Text)", """min(["z", "a", "m"])"""));
    }

    [Theory]
    [InlineData("qty(1.500, kg) > qty(1, kg)", true)]
    [InlineData("qty(1.5, kg) == qty(1.500, kg)", true)]
    [InlineData("1.5 < 1.50", false)]
    [InlineData("1 < 1.001", true)]
    [InlineData("2.0 == 2", true)]
    [InlineData("2 < 2", false)]
    [InlineData("2 > 2", false)]
    [InlineData("2 <= 2", true)]
    [InlineData("2 >= 2", true)]
    [InlineData("3 <= 2", false)]
    [InlineData("2 >= 3", false)]
    [InlineData("2 != 2", false)]
    public void Numbers_of_one_unit_compare_by_size_whatever_their_scales(string body, bool holds) =>
        Assert.Equal(holds, Value("Bool", body));

    [Theory]
    [InlineData("Dec(2)", "round(1 / (1 - 1), 2)", "DIVISION_BY_ZERO",
        "x: DIVISION_BY_ZERO: divided by zero (line 3, column ")]
    [InlineData("Int", "9007199254740991 + 1", "RULE_ASSERT_FAILED",
        "x: OVERFLOW: 9007199254740992 is outside ±(2^53 − 1)")]
    [InlineData("Int", "9007199254740991 * 9007199254740991", "RULE_ASSERT_FAILED",
        "x: OVERFLOW: 81129638414606663681390495662081 is outside ±(2^53 − 1)")]
    [InlineData("Int", "int(round(99999999999999999999.0, 0))", "RULE_ASSERT_FAILED",
        "x: OVERFLOW: 99999999999999999999 is outside ±(2^53 − 1)")]
    [InlineData("Int", "ensure(1, n => n > 1, \"E9\", \"too small\")", "RULE_ASSERT_FAILED", "x: E9: too small")]
    public void What_goes_wrong_names_the_field_the_code_and_the_place(
        string type, string body, string code, string says)
    {
        var error = Assert.Throws<BpcException>(() => Value(type, body));
        Assert.Equal(code, error.Code.Name);
        Assert.StartsWith(says, error.Message, StringComparison.Ordinal);
        Assert.Equal("x", Assert.Single(error.Violations).Where);
    }

    [Theory]
    [InlineData("[1, 2].contains(2)", true)]
    [InlineData("[1, 2].contains(3)", false)]
    [InlineData("[\"a\"].contains(\"a\")", true)]
    public void A_list_contains_what_is_in_it_and_nothing_else(string body, bool holds) =>
        Assert.Equal(holds, Value("Bool", body));

    [Fact]
    public void Records_of_the_same_members_are_one_type_in_whatever_order_they_are_written() => Assert.Equal(
        "2", Assert.IsType<Core.Canonical.JsonValue.Text>(Value(
            "Text", "[1].fold({ a: 1, z: \"1\" }, (sum, n) => { z: \"2\", a: n }).z")).Value);

    [Fact]
    public void Fuel_ends_what_would_take_too_long_and_what_would_grow_too_large()
    {
        var items = "[" + string.Join(",", Enumerable.Range(0, 120)) + "]";
        var cubed = $"let l = {items}; sum(l.map(a => sum(l.map(b => sum(l.map(c => a + b + c))))))";
        var doubled = string.Concat(Enumerable.Range(1, 30).Select(i => $"let a{i} = [a{i - 1}, a{i - 1}]; "));
        var text = string.Concat(Enumerable.Range(1, 60).Select(i => $"let a{i} = a{i - 1} + a{i - 1}; "));
        Assert.Equal(BpcError.RuleBudgetExceeded, Assert.Throws<BpcException>(() => Value("Int", cubed)).Code);
        Assert.Equal(BpcError.RuleBudgetExceeded,
            Assert.Throws<BpcException>(() => Value("Text", $"let a0 = \"x\"; {text}a60")).Code);
        Assert.Equal(BpcError.RuleBudgetExceeded, Assert.Throws<BpcException>(
            () => Value("Text", $"let l = {items}; join(l.map(n => join(l.map(m => \"12345\"), \"\")), \"\")")).Code);
        Assert.Equal(BpcError.RuleBudgetExceeded, Assert.Throws<BpcException>(
            () => Value("Int", $"let a0 = 1; {doubled}count(a30)")).Code);
    }

    [Theory]
    [InlineData("applies for EV", "EV", "2027-01-01", "MISSING")]
    [InlineData("applies for EV", "LMT", "2027-01-01", "NOT_APPLICABLE")]
    [InlineData("applies from 2027-01-02", "EV", "2027-01-01", "NOT_YET_REQUIRED")]
    [InlineData("applies until 2027-01-02", "EV", "2027-01-01", "MISSING")]
    [InlineData("applies until 2027-01-02", "EV", "2027-01-02", "NOT_APPLICABLE")]
    [InlineData("applies until 2027-01-01 applies from 2027-01-01", "EV", "2027-01-01", "MISSING")]
    [InlineData("applies until 2026-01-01 applies from 2028-01-01", "EV", "2027-01-01", "NOT_YET_REQUIRED")]
    [InlineData("applies until 2028-01-01 when false applies for EV", "EV", "2027-01-01", "NOT_APPLICABLE")]
    [InlineData("applies until 2026-01-01 for EV applies until 2026-02-01", "EV", "2027-01-01", "NOT_APPLICABLE")]
    [InlineData("applies when false", "EV", "2027-01-01", "NOT_APPLICABLE")]
    [InlineData("applies when true", "EV", "2027-01-01", "MISSING")]
    [InlineData("applies when some(1) > 0 and none", "EV", "2027-01-01", "CONDITION_UNRESOLVED")]
    [InlineData("applies from 2027-02-01 for LMT applies from 2026-01-01 for EV", "EV", "2027-01-01", "MISSING")]
    [InlineData("applies from 2027-02-01 for LMT applies from 2026-01-01 for EV", "LMT", "2027-01-01",
        "NOT_YET_REQUIRED")]
    [InlineData("", "EV", "2027-01-01", "MISSING")]
    public void Applicability_says_what_an_absence_means(string clause, string category, string day, string outcome)
    {
        var package = RulePackage.Compile($"{Header}field x : Opt(Int) access public {clause} = none;");
        var result = package.Evaluate(new("S", category, "1", DateOnly.ParseExact(day, "yyyy-MM-dd"), []));
        Assert.Equal(outcome, Assert.Single(result.Compliance).Outcome);
    }

    [Fact]
    public void Where_a_field_does_not_apply_a_value_is_kept_and_nothing_is_required()
    {
        var package = RulePackage.Compile($$"""
            {{Header}}facts T { n : Opt(Int) }
            field kept : Opt(Int) access public applies for LMT = fact("T", "t").then(t => t.n);
            field required : Opt(Int) access public applies for LMT =
              some(require(fact("T", "u").then(t => t.n), "E1", "why"));
            """);
        var result = package.Evaluate(Input(Fact("T", "t", """{"n":"5"}""")));
        Assert.Equal("kept", Assert.Single(result.Fields).Path);
        Assert.Equal(("required", "NOT_APPLICABLE"), (result.Compliance[0].Check, result.Compliance[0].Outcome));
    }

    [Theory]
    [InlineData("public", "restricted", "restricted")]
    [InlineData("restricted", "authorities", "authorities")]
    [InlineData("restricted", "legitimate_interest", "legitimate_interest")]
    [InlineData("public", "public", "public")]
    public void A_check_goes_to_those_who_may_see_all_it_reads(string a, string b, string section)
    {
        var source =
            $"{Header}field a : Int access {a} = 1; field b : Int access {b} = 2; check c = field(a) < field(b);";
        Assert.Equal(section, Assert.Single(RulePackage.Compile(source).Evaluate(Input()).Compliance).Section);
    }

    [Fact]
    public void A_check_nobody_may_see_wants_to_be_told_who_may()
    {
        const string fields = Header
            + "field a : Int access authorities = 1; field b : Int access legitimate_interest = 2; ";
        Assert.Contains("no audience may see everything c reads",
            Refused(fields + "check c = field(a) < field(b);").Message, StringComparison.Ordinal);
        var told = RulePackage.Compile(fields + "check c access public = field(a) < field(b);");
        Assert.Equal("public", told.Evaluate(Input()).Compliance[0].Section);
    }

    [Theory]
    [InlineData("Opt(Record{n: Opt(Int)})", "fact(\"T\", \"t\")")]
    [InlineData("List(Record{n: Opt(Int)})", "facts(\"T\", \"\")")]
    [InlineData("Opt(Record{n: Opt(Int)})", "let whole = fact(\"T\", \"t\"); whole")]
    [InlineData("List(Record{n: Opt(Int)})", "field(of_others)")]
    public void A_field_that_is_given_facts_whole_is_proven_with_all_that_is_in_them(string type, string body)
    {
        var package = RulePackage.Compile($$"""
            {{Header}}facts T { n: Opt(Int) }
            field of_others: List(Record{n: Opt(Int)}) access public = facts("T", "");
            field x: {{type}} access public = {{body}};
            """);

        var result = package.Evaluate(Input(Fact("T", "t", """{"n":"5"}"""), Fact("T", "u", """{"n":"6"}""")));

        var proof = Core.Passports.Proving.ProofVerifier.Verify(result.Proof.Bytes);
        Assert.Null(proof.Mismatch);
        Assert.Equal(2, result.Fields.Count);
        Assert.All(result.Fields, field => Assert.Equal(field.Value, proof.FieldResults[field.Path]));
    }

    [Theory]
    [InlineData("false and require(none, \"E1\", \"m\")")]
    [InlineData("require(none or true, \"E1\", \"m\")")]
    [InlineData("not none")]
    public void What_is_true_or_false_or_unknown_is_no_number(string body) =>
        Assert.Equal(
            BpcError.RuleType, Refused($"{Header}field x : Int access public = {body};").Code);

    [Theory]
    [InlineData("none and false", "FAIL")]
    [InlineData("none and true", "NOT_APPLICABLE")]
    [InlineData("none or true", "PASS")]
    [InlineData("not (1 < some(2))", "FAIL")]
    public void A_check_fails_on_what_is_certain_and_is_silent_on_what_is_unknown(string body, string outcome) =>
        Assert.Equal(outcome,
            RulePackage.Compile($"{Header}check c = {body};").Evaluate(Input()).Compliance[0].Outcome);
}
