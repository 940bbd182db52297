using Bpc.Core;
using Bpc.Core.Rules;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

public sealed class RuleTestsTests
{
    [Fact]
    public void The_first_tests_of_the_reference_pass_and_count_their_distinct_inputs()
    {
        var report = Run(Battery, BatteryTests);
        Assert.Empty(report.Failures);
        Assert.Equal((401, 0), (report.Cases, report.Failed));
    }

    [Fact]
    public void Tests_may_stand_in_the_package_itself()
    {
        var package = RulePackage.Compile(Battery + BatteryTests);
        Assert.Equal(401, RuleTests.Run(package, "", 0, TestContext.Current.CancellationToken).Cases);
    }

    [Fact]
    public void A_failing_property_is_shown_in_its_simplest_case()
    {
        var report = Run(Battery, """
            property below_limit cases 200 seed 1 {
              forall c : Dec(3) in 0.001..2000.000, note : Text in ["plain", "odd"] .
              product { sku: "S" }
              fact "Battery" "battery:S" { "rated_capacity_kwh": c, "note": note }
              expect battery.capacity_kwh < 123.456 kWh
            }
            """);
        var failure = Assert.Single(report.Failures);
        Assert.Equal(
            new RuleTestFailure(
                "below_limit", "c = 123.456, note = plain",
                "battery.capacity_kwh < 123.456 kWh", "123.456 and 123.456"),
            failure);
        Assert.True(report.Failed > 1);
    }

    [Fact]
    public void Cases_are_counted_by_their_input_those_that_fail_too()
    {
        const string fails = """
            { fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": "1.000" }
              expect battery.capacity_kwh == 2.000 kWh }
            """;
        const string noInput = """
            { fact "Battery" "b" { "n": "1" } fact "Battery" "b" { "n": "2" } expect battery.capacity_kwh == 2.000 kWh }
            """;

        var report = Run(Battery, $"example a {fails} example b {fails} example c {noInput}");

        Assert.Equal(3, report.Failures.Count);
        Assert.Equal((2, 2), (report.Cases, report.Failed));
    }

    [Fact]
    public void The_same_seed_draws_the_same_cases_and_another_seed_others()
    {
        const string tests = """
            property p cases 50 seed 3 { forall c : Dec(3) in 0.001..2000.000 .
              fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": c } expect battery.capacity_kwh < 1000.000 kWh }
            """;
        var package = RulePackage.Compile(Battery);
        int Failed(long seed) => RuleTests.Run(package, tests, seed, TestContext.Current.CancellationToken).Failed;
        Assert.Equal(Failed(7), Failed(7));
        Assert.True(Enumerable.Range(1, 5).Select(s => Failed(s)).Distinct().Count() > 1);
    }

    [Fact]
    public void Equal_inputs_are_one_case_and_a_small_domain_has_only_as_many_as_it_has()
    {
        var report = Run(Battery, """
            property small cases 100 seed 3 { forall n : Int in 1..7, flag : Bool .
              fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": n }
              expect flag or not flag }
            """);
        Assert.Equal((7, 0), (report.Cases, report.Failed));
    }

    [Fact]
    public void Outcomes_checks_and_errors_can_be_expected()
    {
        var report = Run(Battery, """
            example errors { expect error "E001" }
            example missing_capacity {
              fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": null }
              expect error "E002"
            }
            example outcomes {
              product { sku: "A", category: "LMT" } item { serial_number: "7" } issued 2028-01-01
              fact "Battery" "battery:A" { "rated_capacity_kwh": 75.5 }
              expect carbon.intensity not_applicable; expect check pcf_below_limit NOT_APPLICABLE
              expect battery.mass_kg == 0.000 kg
            }
            example early {
              issued 2027-02-17
              fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": 1 }
              expect carbon.intensity NOT_YET_REQUIRED
            }
            example fails_the_limit {
              fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": 1 }
              fact "PCF" "pcf:SKU-1" { "total_gco2e": 99999999, "cycles": 1 }
              expect check pcf_below_limit FAIL
              expect carbon.intensity == 99999999.00 gCO2e/kWh
              expect isSome(field(carbon.intensity))
            }
            """);
        Assert.Empty(report.Failures);
        Assert.Equal(5, report.Cases);
    }

    [Fact]
    public void Failures_say_what_was_expected_and_what_was_there()
    {
        var report = Run(Battery, """
            example value {
              fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": 1 }
              expect battery.capacity_kwh missing
            }
            example error { expect battery.capacity_kwh == 1.000 kWh }
            example none {
              fact "Battery" "battery:SKU-1" { "rated_capacity_kwh": 1 }
              expect carbon.intensity == 1.00 gCO2e/kWh
            }
            example repeated { fact "A" "a" {} fact "A" "a" {} expect error "E001" }
            """);
        Assert.Equal(
            [
                "value: battery.capacity_kwh MISSING, but \"1.000\"",
                "error: no error, but battery.capacity_kwh: E001: no Battery fact for this product",
                "none: carbon.intensity == 1.00 gCO2e/kWh, but carbon.intensity has no value",
                "repeated: an input, but FACT_REPEATED: two facts A 'a'; a snapshot has one",
            ],
            report.Failures.Select(f => $"{f.Test}: {f.Expected}, but {f.Actual}"));
    }

    [Fact]
    public void Coverage_names_fields_and_branches_no_case_reached()
    {
        var report = Run(Battery, BatteryTests);
        Assert.Equal(["carbon.intensity"], report.UnreachedFields);
        Assert.Contains("line 18, column 37: then: some", report.UnreachedBranches);
        Assert.DoesNotContain("line 18, column 37: then: none", report.UnreachedBranches);
        Assert.Contains("line 21, column 7: pcf_below_limit FAIL", report.UnreachedBranches);
    }

    [Theory]
    [InlineData("example a { expect battery.capacity == 1.000 kWh }", "nothing is called 'battery.capacity'",
        "did you mean battery.capacity_kwh?")]
    [InlineData("example a { expect battery.capacity_kwh == 75.500 kg }", "wants the same unit",
        "kg does not become kWh")]
    [InlineData("example a { product { sku: 5 } expect error \"E001\" }", "expected Text, found Int",
        "text(x)")]
    [InlineData("example a { product { colour: \"red\" } expect error \"E001\" }", "product has no 'colour'",
        "sku and category")]
    [InlineData("example a { }", "a expects nothing", "add an expect")]
    [InlineData("property p cases 0 seed 1 { forall n : Int in 1..2 . expect n > 0 }", "no number of cases",
        "from 1 to 10000")]
    [InlineData("property p cases 5 seed 1 { forall n : Int in 9..2 . expect n > 0 }", "no range of Int",
        "the lower end first")]
    [InlineData(
        "property p cases 5 seed 1 { forall n : Dec(18) in "
        + "0..9999999999999999999999999999999999999999999999999999999999999999999999999.0 . expect n > 0.0 }",
        "the range is too wide", "at most 18 digits in all")]
    [InlineData("property p cases 5 seed 1 { forall n : Text in 1..2 . expect n == n }", "no range of Text",
        "list their values")]
    [InlineData("field x : Int access public = 1;", "does not belong into tests", "example NAME { … }")]
    [InlineData("example a { expect check pcf_limit PASS }", "there is no check 'pcf_limit'",
        "name one the package declares")]
    public void Tests_with_errors_are_refused_with_what_would_be_right(string tests, string wrong, string right)
    {
        var error = Assert.Throws<BpcException>(() => Run(Battery, tests));
        Assert.Contains(wrong, error.Message, StringComparison.Ordinal);
        Assert.Contains(right, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_statement_of_a_test_is_read_although_others_of_it_are_wrong()
    {
        var error = Assert.Throws<BpcException>(() => Run(Battery, """
            example a { product { sku: 5 } fact "A" "a" { x: [1] }
              item { serial_number: 6 } expect battery.mass_kg GOOD }
            example b { issued tomorrow expect "x" }
            """));
        Assert.Equal(
            [
                "expected Text, found Int", "expected a member's name as a text, found 'x'",
                "expected Text, found Int", "expected Bool, found Qty(kg, 3)",
                "'GOOD' is no statement of a test",
                "nothing here is called 'tomorrow'", "expected Bool, found Text",
            ],
            error.Violations.Select(v => v.Message.Split('\n')[0]));
    }

    private static RuleTestReport Run(string dsl, string tests) =>
        RuleTests.Run(RulePackage.Compile(dsl), tests, 0, TestContext.Current.CancellationToken);
}
