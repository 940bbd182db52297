using System.Security.Cryptography;
using System.Text.Json;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Cli;

public sealed class ExplainRulesTests
{
    private static readonly string s_rules = Path.Combine(Repository.Root, "rules", "sample", "ev-battery.bpcr");
    private static readonly string s_documents = Path.Combine(Repository.Root, "samples", "ev-battery");

    [Fact]
    public async Task A_package_on_documents_explains_a_value_down_to_the_file()
    {
        var answer = await ExplainAsync("--field", "battery.capacity_kwh");
        Assert.Equal(0, answer.ExitCode);
        Assert.StartsWith("battery.capacity_kwh = 75.500 kWh", answer.Output, StringComparison.Ordinal);
        Assert.Contains("from BOM bom.json, sha256 ", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_field_all_names_are_listed_and_json_is_one_line()
    {
        var list = await ExplainAsync();
        Assert.Contains("voltages_in_order: PASS", list.Output, StringComparison.Ordinal);
        var json = await ExplainAsync("--json", "--field", "carbon_footprint.carbon_footprint_label");
        using var parsed = JsonDocument.Parse(Assert.Single(json.Output.TrimEnd().Split('\n')));
        Assert.Equal("NOT_YET_REQUIRED", parsed.RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_bundle_is_explained_from_its_own_proof()
    {
        using var files = new TemporaryFiles();
        var bundle = files.Write("passport.json", Sample.BundleBytes());
        var answer = await Bpc.RunAsync("rules", "explain", bundle, "--field", "battery.capacity_kwh");
        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("fact Battery battery:SKU-İ1", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_does_not_verify_is_not_explained()
    {
        using var files = new TemporaryFiles();
        var text = System.Text.Encoding.UTF8.GetString(Sample.BundleBytes());
        var forged = text.Replace("\"result\":\"75.500\"", "\"result\":\"99.500\"", StringComparison.Ordinal);
        Assert.NotEqual(text, forged);

        var bundle = files.Write("passport.json", System.Text.Encoding.UTF8.GetBytes(forged));
        var answer = await Bpc.RunAsync("rules", "explain", bundle, "--field", "battery.capacity_kwh");

        Assert.Equal((1, ""), (answer.ExitCode, answer.Output));
        Assert.Contains("does not verify: proof", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_is_explained_with_the_package_it_was_made_under_and_no_other()
    {
        using var files = new TemporaryFiles();
        var package = Path.Combine(Repository.Root, "tests", "Passports", "Golden", "package.bpcr");
        var source = await File.ReadAllBytesAsync(package, TestContext.Current.CancellationToken);
        var hash = Convert.ToHexStringLower(SHA256.HashData(source));
        var compiled = PassportCompiler.Compile(RuleSample.Package, RuleSample.Input with { DslSha256 = hash });
        var bundle = files.Write("passport.json", Bundle.Write(Sample.Sign(compiled)));

        var right = await Bpc.RunAsync("rules", "explain", bundle, "--rules", package);
        var wrong = await Bpc.RunAsync("rules", "explain", bundle, "--rules", s_rules);

        Assert.Equal((0, ""), (right.ExitCode, right.Error));
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains("ev-battery.bpcr is not the package this passport was made under", wrong.Error);
        Assert.Contains(hash, wrong.Error);
    }

    [Fact]
    public async Task A_package_without_documents_is_wrong_usage_and_an_unknown_field_fails()
    {
        var usage = await Bpc.RunAsync("rules", "explain", s_rules);
        Assert.Equal(64, usage.ExitCode);
        Assert.Contains("--documents", usage.Error, StringComparison.Ordinal);
        var unknown = await ExplainAsync("--field", "nope");
        Assert.Equal((1, ""), (unknown.ExitCode, unknown.Output));
        Assert.StartsWith("NOT_FOUND", unknown.Error, StringComparison.Ordinal);
    }

    private static Task<Answer> ExplainAsync(params string[] more) => Bpc.RunAsync(
        ["rules", "explain", s_rules, "--documents", s_documents, "--issued", "2027-03-01", .. more]);
}
