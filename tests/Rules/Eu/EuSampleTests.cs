using System.Text;
using Bpc.Core.Passports.Proving;
using Bpc.Core.Rules;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Rules.Eu;

/// <summary>The sample batteries: one of each category that has everything, and one that has next to nothing.</summary>
public sealed class EuSampleTests
{
    // An original battery without accidents has no passport before its own, and nothing to report; one with hardly any
    // cadmium and lead has no symbols, so there is none to check.
    private static readonly string[] s_notForThisBattery =
    [
        "conformity_labels.cd_pb_symbols", "passport_header.predecessor_passports", "performance.accident_information",
    ];

    private static readonly string[] s_nothingToCheck = ["symbols_cover_content", "symbols_known"];

    public static TheoryData<string, string> Days => new MatrixTheoryData<string, string>(
        EuPackage.All.Select(package => package.Name), ["2026-11-23", "2027-02-18", "2028-08-18", "2040-01-01"]);

    /// <summary>The names of packages.</summary>
    public static TheoryData<string> Names => EuPackage.Names;

    [Theory]
    [MemberData(nameof(Days))]
    public void The_complete_battery_passes_with_nothing_missing_on_any_day(string name, string day)
    {
        var package = EuPackage.Of(name);
        var rules = RulePackage.Compile(package.Source);
        for (var battery = 0; battery < 2; battery++)
        {
            var result = rules.Evaluate(package.Input(package.Complete, day, battery));
            var gaps = result.Compliance.Where(line => line.Outcome != "PASS").ToList();
            Assert.All(gaps, line => Assert.Equal("NOT_APPLICABLE", line.Outcome));
            Assert.Equal([.. s_notForThisBattery, .. s_nothingToCheck], gaps.Select(line => line.Check));
            Assert.Equal(
                package.Tree.Checks.Count - s_nothingToCheck.Length,
                result.Compliance.Count(line => line.Outcome == "PASS"));
            Assert.Equal(rules.Fields.Count, result.Fields.Count + s_notForThisBattery.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gaps_of_the_sparse_battery_are_those_of_its_list_line_by_line(string name)
    {
        var package = EuPackage.Of(name);
        var result = RulePackage.Compile(package.Source).Evaluate(package.Input(package.Sparse, "2027-02-18"));
        var gaps = result.Compliance.Where(line => line.Outcome is not ("PASS" or "FAIL") && line.Check.Contains('.'))
            .OrderBy(line => line.Outcome, StringComparer.Ordinal).ThenBy(line => line.Check, StringComparer.Ordinal)
            .Select(line => $"{line.Outcome,-20}  {line.Check,-50}  {line.Cites}\n");
        Assert.DoesNotContain(result.Compliance, line => line.Outcome == "FAIL");
        GoldenFiles.AssertSameAs(Path.Combine(package.Sparse, "gaps.txt"), Encoding.UTF8.GetBytes(string.Concat(gaps)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_goes_unsaid_every_field_has_a_value_or_the_reason_why_not(string name)
    {
        var package = EuPackage.Of(name);
        var rules = RulePackage.Compile(package.Source);
        foreach (var folder in new[] { package.Complete, package.Sparse })
        {
            var result = rules.Evaluate(package.Input(folder, "2027-02-18"));
            var said = result.Fields.Select(field => field.Path).Concat(result.Compliance.Select(line => line.Check));
            Assert.Equal(
                rules.Fields.Select(field => field.Path).Concat(package.Tree.Checks.Select(check => check.Name))
                    .Order(StringComparer.Ordinal),
                said.Order(StringComparer.Ordinal));
            Assert.Null(ProofVerifier.Verify(result.Proof.Bytes).Mismatch);
        }
    }
}
