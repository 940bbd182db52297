using System.Text.Json;
using Bpc.Core.Passports.Signing;
using Bpc.Tests.Database;
using Bpc.Tests.Observability;

namespace Bpc.Tests.EndToEnd;

[Trait("Category", "Integration")]
public sealed class DemoProcessTests(PostgresServer postgres) : IDisposable
{
    private static readonly string s_rules = Path.Combine(Repository.Root, "rules/sample/ev-battery.bpcr");

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("bpc-demo-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task The_demo_ends_with_one_line_of_json_and_a_bundle_that_verifies()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var demo = await RunAsync(database, "demo", "--exit", "--json");

        Assert.True(demo.ExitCode == 0, demo.Error);
        var line = Assert.Single(demo.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var result = JsonDocument.Parse(line);
        Assert.Equal(
            ["status", "passport_version_id", "passport_id", "tenant_id", "api_key", "url", "bundle", "duration_ms"],
            result.RootElement.EnumerateObject().Select(m => m.Name));
        Assert.Equal("ACTIVE", result.RootElement.GetProperty("status").GetString());
        await AssertVerifiesAsync(result.RootElement.GetProperty("bundle").GetString()!);
        QuickstartLog.AssertHas(
            await File.ReadAllTextAsync(Path.Combine(_home.FullName, "logs", "demo.log"), Ct),
            QuickstartLog.OfThePipeline);
    }

    [Fact]
    public async Task Every_line_of_a_step_names_the_job_it_belongs_to()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var demo = await RunAsync(
            database, [new("BPC_LOG_JSON", "true"), new("BPC_LOG_LEVEL", "debug")], "demo", "--exit", "--json");

        Assert.True(demo.ExitCode == 0, demo.Error);
        var lines = (await File.ReadAllLinesAsync(Path.Combine(_home.FullName, "logs", "demo.log"), Ct))
            .Select(l => JsonElement.Parse(l))
            .Where(l => l.GetProperty("logger").GetString()!.EndsWith("PassportVersionGrain", StringComparison.Ordinal));
        Assert.Equal(
            [("COMPILE_PASSPORT", 4), ("GENERATE_QR", 4), ("SIGN_PASSPORT", 3)],
            lines.GroupBy(l => (Text(l, "job_type"), Text(l, "job_id"), Text(l, "tenant_id"), Text(l, "correlation_id")))
                .Select(job => (job.Key.Item1, job.Count())).Order());
    }

    [Fact]
    public async Task Another_capacity_in_the_bill_of_materials_is_another_capacity_in_the_passport()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var input = CopySample(("\"rated_capacity_kwh\": 75.5", "\"rated_capacity_kwh\": 61.25"));

        var demo = await RunAsync(
            database, "demo", "--exit", "--json", "--input", input, "--rules", s_rules);

        Assert.True(demo.ExitCode == 0, demo.Error);
        var section = await database.ScalarAsync<string>(
            "SELECT convert_from(content, 'UTF8') FROM passport_sections WHERE section = 'public'");
        Assert.Contains("\"61.25", section, StringComparison.Ordinal);
        Assert.DoesNotContain("\"75.5", section, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_with_errors_end_the_demo_with_every_violation()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var input = CopySample(("\"EV\"", "\"CAR\""), ("75.5", "\"much\""));

        var demo = await RunAsync(
            database, "demo", "--exit", "--input", input, "--rules", s_rules);

        Assert.Equal(1, demo.ExitCode);
        Assert.Contains("bom.json /battery/category", demo.Error, StringComparison.Ordinal);
        Assert.Contains("bom.json /battery/rated_capacity_kwh", demo.Error, StringComparison.Ordinal);
    }

    private async Task AssertVerifiesAsync(string bundle)
    {
        var privateKey = await File.ReadAllTextAsync(Path.Combine(_home.FullName, "keys", "signing-key"), Ct);
        using var signer = ReceiptSigner.Load("any", privateKey);
        var key = Convert.ToBase64String(signer.PublicKey);

        Assert.Equal(0, (await Cli.Bpc.RunAsync("verify", bundle, "--key", key)).ExitCode);
        Assert.Equal(2, (await Cli.Bpc.RunAsync("verify", bundle)).ExitCode);

        using var stranger = ReceiptSigner.Load("any", ReceiptSigner.NewPrivateKey());
        var strange = Convert.ToBase64String(stranger.PublicKey);
        Assert.Equal(1, (await Cli.Bpc.RunAsync("verify", bundle, "--key", strange)).ExitCode);
    }

    private static string Text(JsonElement line, string member) =>
        line.TryGetProperty(member, out var value) && value.GetString() is { Length: > 0 } text
            ? text : $"no {member} in {line}";

    private Task<ChildProcess> RunAsync(TestDatabase database, params string[] arguments) =>
        RunAsync(database, more: [], arguments);

    private Task<ChildProcess> RunAsync(
        TestDatabase database, KeyValuePair<string, string>[] more, params string[] arguments) =>
        ChildProcess.RunAsync(
            ChildProcess.Bpc,
            arguments,
            new Dictionary<string, string>([.. database.Variables, new("BPC_HOME", _home.FullName), .. more]),
            Ct);

    private string CopySample(params (string Old, string New)[] changes)
    {
        var input = _home.CreateSubdirectory("input").FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "samples", "ev-battery")))
        {
            File.Copy(file, Path.Combine(input, Path.GetFileName(file)));
        }

        var bom = Path.Combine(input, "bom.json");
        File.WriteAllText(bom, changes.Aggregate(
            File.ReadAllText(bom), (text, change) => text.Replace(change.Old, change.New, StringComparison.Ordinal)));
        return input;
    }
}
