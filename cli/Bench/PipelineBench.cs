using Bpc.Cli.Demo;
using Bpc.Cli.Rules;
using Bpc.Cli.Up;
using Bpc.Grains.Tenants;
using Spectre.Console;

namespace Bpc.Cli.Bench;

/// <summary>Passports of the sample battery through one silo, asked for over the HTTP API as a client would.</summary>
internal sealed class PipelineBench(Narrator narrator, BenchReport report, int passports, int rounds)
{
    public async Task RunAsync(BpcHome home, CancellationToken ct)
    {
        await using var database = await ScratchDatabase.CreateAsync(narrator.Detail, ct);
        var settings = BenchSettings.Read(home, database, narrator);
        await using var cluster = await narrator.StepAsync(
            "Silo and gateway are up", () => LocalCluster.StartAsync(home, settings, narrator.Detail, ct), _ => []);
        var tenant = await TenantSetup.CreateAsync(
            cluster.Database, settings.ApiKeyPepper, "bench", settings.Environment, ct);
        using var api = new Api(cluster.Address, tenant.ApiKey);
        var battery = await narrator.StepAsync(
            "The sample battery: documents parsed, snapshot sealed, rules published",
            () => PrepareAsync(home, api, ct), _ => []);

        var results = new List<PipelineRound>(rounds);
        var load = new CompileLoad(api, battery, cluster.Database);
        for (var round = 1; round <= rounds; round++)
        {
            var ids = await narrator.StepAsync(
                $"{passports} new passports", () => load.CreateAsync(passports, ct), _ => []);
            results.Add(await narrator.StepAsync(
                $"Compiled, signed, with QR code, round {round} of {rounds}",
                () => load.CompileAsync(ids, ct),
                result => [$"{result.PassportsPerSecond:n1} passports a second"]));
        }

        Show(results);
    }

    private void Show(List<PipelineRound> results)
    {
        report.Passports("pipeline", passports, results.ConvertAll(r => r.PassportsPerSecond));
        foreach (var stage in results[0].Stages.Keys)
        {
            report.Latency(stage, passports, results.ConvertAll(r => r.Stages[stage]));
        }

        report.ShowTables();
    }

    private static async Task<SampleBattery> PrepareAsync(BpcHome home, Api api, CancellationToken ct)
    {
        // The demo's steps, told to nobody.
        var silence = new Narrator(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) }));
        var documents = InputDocument.In(new(home.Shipped("samples/ev-battery")));
        var facts = await new Documents(api, silence).UploadAllAsync(documents, ct);
        var battery = Battery.In(facts);
        var product = await api.PostAsync(
            "v1/battery-products", new { battery.Sku, battery.Name, battery.Category }, ct);
        var rules = new RuleFile(new(home.Shipped("rules/sample/ev-battery.bpcr")));
        return new(
            (string)product["battery_product_id"]!,
            await new Compilation(api, silence).SealSnapshotAsync(facts, ct),
            await new Rulebook(api, silence).PublishAsync(rules, ct));
    }
}
