using Bpc.Core.Facts;
using Bpc.Core.Passports.Proving;
using Bpc.Core.Rules;

namespace Bpc.Tests.Rules;

/// <summary>The shipped sample package on the shipped sample battery.</summary>
public sealed class SamplePackageTests
{
    private static readonly string s_rules = Path.Combine(Repository.Root, "rules", "sample");
    private readonly RulePackage _package = RulePackage.Compile(Read("ev-battery.bpcr"));

    [Fact]
    public void Its_tests_pass_with_enough_distinct_cases_to_be_published_and_reach_everything()
    {
        var report = RuleTests.Run(_package, Read("ev-battery.test.bpcr"), 0, TestContext.Current.CancellationToken);
        Assert.Empty(report.Failures.Select(f => $"{f.Test} ({f.Case}): {f.Expected}, but {f.Actual}"));
        Assert.True(report.Cases >= RuleTests.MinimumCases, $"{report.Cases} cases");
        Assert.Empty(report.UnreachedFields);
        // Without a Battery fact the compile ends with E001 before any other field asks for it.
        Assert.All(report.UnreachedBranches, branch => Assert.EndsWith("then: none", branch, StringComparison.Ordinal));
    }

    [Fact]
    public void The_sample_battery_has_values_in_all_four_sections_and_shows_its_gaps()
    {
        var result = _package.Evaluate(Input("VLT75-26-000101"));
        Assert.Equal("75.500",
            Assert.IsType<Core.Canonical.JsonValue.Text>(Value(result, "battery.capacity_kwh")).Value);
        Assert.Equal("2026-09",
            Assert.IsType<Core.Canonical.JsonValue.Text>(Value(result, "identification.manufacturing_date")).Value);
        Assert.Equal(
            ["authorities", "legitimate_interest", "public", "restricted"],
            _package.Fields.Select(f => f.Section).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "carbon_footprint.carbon_footprint_label NOT_YET_REQUIRED",
                    "carbon_footprint.cf_performance_class NOT_YET_REQUIRED",
                "circularity.recycled_ni_pre NOT_YET_REQUIRED", "circularity.renewable_content_share MISSING",
                "circularity.spare_part_sources MISSING", "conformity.cd_pb_symbols CONDITION_UNRESOLVED",
                "conformity.test_report_results MISSING", "individual.remaining_capacity NOT_APPLICABLE",
                "individual.soce MISSING",
            ],
            result.Compliance.Where(l => l.Outcome is not ("PASS" or "FAIL") && l.Check.Contains('.'))
                .Select(l => $"{l.Check} {l.Outcome}"));
        Assert.Equal(5, result.Compliance.Count(l => l.Outcome == "PASS"));
        Assert.DoesNotContain(result.Compliance, l => l.Outcome == "FAIL");
        Assert.Null(ProofVerifier.Verify(result.Proof.Bytes).Mismatch);
        Assert.InRange(result.Proof.Bytes.Length, 1, 262_144);
    }

    [Fact]
    public void The_shipped_files_are_laid_out_as_the_formatter_lays_them_out()
    {
        foreach (var file in Directory.GetFiles(s_rules, "*.bpcr"))
        {
            Assert.Equal(File.ReadAllText(file), RuleFormatter.Format(File.ReadAllText(file)));
        }
    }

    internal static RuleInput Input(string serialNumber) => new(
        "VLT-EV75-NMC", "EV", serialNumber, new(2027, 3, 1),
        [
            .. Facts("BOM", "application/json", "bom.json"), .. Facts("PCF", "application/json", "pcf.json"),
            .. Facts("DUE_DILIGENCE", "application/json", "due-diligence.json"),
            .. Facts("ITEMS", "text/csv", "items.csv"),
        ]);

    private static IReadOnlyList<Core.Facts.Fact> Facts(string kind, string mimeType, string file) =>
        DocumentParser.Parse(
            kind, mimeType, File.ReadAllBytes(Path.Combine(Repository.Root, "samples", "ev-battery", file)));

    private static Core.Canonical.JsonValue Value(RuleResult result, string path) =>
        result.Fields.Single(f => f.Path == path).Value;

    private static string Read(string file) => File.ReadAllText(Path.Combine(s_rules, file));
}
