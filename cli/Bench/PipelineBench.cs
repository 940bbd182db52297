using Bpc.Cli.Demo;
using Bpc.Cli.Up;
using Bpc.Grains.Tenants;
using Bpc.Hosting;

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
        var tenant = await TenantAdministration.CreateAsync(
            cluster.Database, settings.ApiKeyPepper, "bench", settings.Environment, ct);
        using var api = new Api(cluster.Address, tenant.ApiKey);
        var battery = await narrator.StepAsync(
            "The sample battery: documents parsed, snapshot sealed, rules published",
            () => SampleBattery.PrepareAsync(home, api, ct), _ => []);

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
}
