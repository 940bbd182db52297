using System.Text.Json.Nodes;
using Bpc.Cli.Rules;
using Bpc.Core;
using Bpc.Core.Rules;

namespace Bpc.Cli.Demo;

/// <summary>Brings a rule package from its file to PUBLISHED: created, tested by a job, published.</summary>
internal sealed class Rulebook(Api api, Narrator narrator)
{
    private const long Seed = 1;

    /// <summary>The id of the published version.</summary>
    public async Task<string> PublishAsync(RuleFile file, CancellationToken ct)
    {
        var source = file.ReadSource();
        var package = RulePackage.Compile(source);
        var version = await narrator.StepAsync(
            $"Rule package {package.Name} {package.Version} is stored",
            () => StoreAsync(package.Name, source, file.ReadTests(package), ct),
            v =>
            [
                $"rule_package_version_id {v["rule_package_version_id"]}, {package.Fields.Count} fields",
                $"dsl_sha256 {v["dsl_sha256"]}",
            ]);

        var id = (string)version["rule_package_version_id"]!;
        await narrator.StepAsync(
            "Its own tests are run",
            () => RunTestsAsync(id, ct),
            result => [$"{result["cases"]} cases passed, 0 failed"]);
        await narrator.StepAsync(
            "It is published",
            () => api.PostAsync($"v1/rule-package-versions/{id}:publish", null, ct),
            v => [$"status {v["status"]}"]);
        return id;
    }

    private async Task<JsonNode> StoreAsync(string name, string source, string tests, CancellationToken ct)
    {
        var package = await api.PostAsync("v1/rule-packages", new { Name = name }, ct);
        return await api.PostAsync(
            $"v1/rule-packages/{package["rule_package_id"]}/versions",
            new { DslSource = source, TestsSource = tests },
            ct);
    }

    private async Task<JsonNode> RunTestsAsync(string id, CancellationToken ct)
    {
        var queued = await api.PostAsync($"v1/rule-package-versions/{id}/tests:run", new { Seed }, ct);
        var result = (await api.JobAsync((string)queued["job_id"]!, ct))["result"]!;
        var (cases, failed) = ((int)result["cases"]!, (int)result["failed"]!);
        return failed == 0 && cases >= RuleTests.MinimumCases ? result : throw new BpcException(
            BpcError.RuleTestsFailed,
            $"{cases - failed} cases passed, {failed} failed, {RuleTests.MinimumCases} needed: see ./bpc rules test");
    }
}
