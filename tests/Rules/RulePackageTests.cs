using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;
using Bpc.Core.Rules;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

public sealed class RulePackageTests
{
    private static readonly Core.Facts.Fact[] s_facts =
    [
        Fact("Battery", "battery:SKU-123", """{"rated_capacity_kwh":"75.5"}"""),
        Fact("Component", "component:SKU-123:A", """{"mass_kg":"12.34"}"""),
        Fact("Component", "component:SKU-123:B", """{"mass_kg":"0.0005"}"""),
        Fact("Component", "component:SKU-9:C", """{"mass_kg":"99"}"""),
        Fact("PCF", "pcf:SKU-123", """{"total_gco2e":"6000000","cycles":"1500"}"""),
    ];

    [Fact]
    public void The_first_package_of_the_reference_derives_its_fields_and_checks()
    {
        var package = RulePackage.Compile(Battery);
        var result = package.Evaluate(Input(s_facts));
        Assert.Equal(
            ["battery.capacity_kwh=75.500", "battery.mass_kg=12.340", "carbon.intensity=52.98"],
            result.Fields.Select(f => $"{f.Path}={((JsonValue.Text)f.Value).Value}"));
        Assert.Equal(new ComplianceLine("pcf_below_limit", "PASS", "2023/1542 Art. 7", "public"),
            Assert.Single(result.Compliance));
        Assert.Equal(["battery.capacity_kwh", "battery.mass_kg", "carbon.intensity"], package.Fields
            .Select(f => f.Path));
        Assert.Equal(new FieldInfo(2, "carbon.intensity", "Opt(Qty(gCO2e/kWh, 2))", "gCO2e/kWh", "public", null),
            package.Fields[2]);
    }

    [Fact]
    public void Every_value_and_outcome_is_what_the_proof_says()
    {
        var result = RulePackage.Compile(Battery).Evaluate(Input(s_facts));
        var check = ProofVerifier.Verify(result.Proof.Bytes);
        Assert.Null(check.Mismatch);
        Assert.Equal(result.Proof.RootHash, check.RootHash);
        Assert.All(result.Fields, f => Assert.Equal(f.Value, check.FieldResults[f.Path]));
        Assert.All(result.Compliance, line => Assert.Equal(line.Outcome, check.CheckOutcomes[line.Check]));
        Assert.Equal(result.Fields.Count, check.FieldResults.Count);
        Assert.Equal(result.Compliance.Count, check.CheckOutcomes.Count);
    }

    [Theory]
    [InlineData("2027-02-17", "EV", "NOT_YET_REQUIRED")]
    [InlineData("2027-02-18", "EV", "MISSING")]
    [InlineData("2027-02-18", "LMT", "NOT_APPLICABLE")]
    public void A_field_without_a_value_says_why_by_date_and_category(string issuedOn, string category, string outcome)
    {
        var input = new RuleInput(
            "SKU-123", category, "SN-1", DateOnly.ParseExact(issuedOn, "yyyy-MM-dd"), s_facts[..3]);
        var result = RulePackage.Compile(Battery).Evaluate(input);
        Assert.DoesNotContain(result.Fields, f => f.Path == "carbon.intensity");
        Assert.Equal(outcome, result.Compliance.Single(l => l.Check == "carbon.intensity").Outcome);
        Assert.Equal("NOT_APPLICABLE", result.Compliance.Single(l => l.Check == "pcf_below_limit").Outcome);
        Assert.Null(ProofVerifier.Verify(result.Proof.Bytes).Mismatch);
    }

    [Fact]
    public void A_requirement_that_fails_ends_the_compile_with_the_field_and_the_code_of_the_rule()
    {
        var error = Assert.Throws<BpcException>(() => RulePackage.Compile(Battery).Evaluate(Input()));
        Assert.Equal(BpcError.RuleAssertFailed, error.Code);
        Assert.Equal("battery.capacity_kwh: E001: no Battery fact for this product", error.Message);
    }
}
