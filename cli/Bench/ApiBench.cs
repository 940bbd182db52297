using System.Text;
using Bpc.Cli.Demo;
using Bpc.Cli.Up;
using Bpc.Grains.Tenants;
using Bpc.Hosting;
using Dapper;

namespace Bpc.Cli.Bench;

/// <summary>
/// The gateway under load, each measure beside a bare server's in the same round. Callers, gateway, silo and bare
/// server share one process and machine.
/// </summary>
internal sealed class ApiBench(Narrator narrator, BenchReport report, int requests, int rounds)
{
    private const string BareGet = "bare GET";
    private const string BarePost = "bare POST";

    private readonly Dictionary<string, List<HttpRound>> _rounds = [];

    public async Task RunAsync(BpcHome home, CancellationToken ct)
    {
        await using var database = await ScratchDatabase.CreateAsync(narrator.Detail, ct);
        var settings = BenchSettings.Read(home, database, narrator);
        await using var cluster = await narrator.StepAsync(
            "Silo and gateway are up", () => LocalCluster.StartAsync(home, settings, narrator.Detail, ct), _ => []);
        await using var bareServer = await BareServer.StartAsync(settings.Database, ct);
        var tenant = await TenantAdministration.CreateAsync(
            cluster.Database, settings.ApiKeyPepper, "bench", settings.Environment, ct);
        using var api = new Api(cluster.Address, tenant.ApiKey);
        var battery = await SampleBattery.PrepareAsync(home, api, ct);
        var version = await CompiledAsync(api, battery, ct);
        await PauseAsync(database, ct);

        using var gateway = new HttpLoad(cluster.Address, tenant.ApiKey);
        using var bare = new HttpLoad(bareServer.Address);
        var compiles = new CompileLoad(api, battery, cluster.Database);
        for (var round = 0; round <= rounds; round++)
        {
            await MeasureAsync(round, BareGet, bare, _ => Get($"payload/{version}"), ct);
            await MeasureAsync(round, "GET payload", gateway, _ => Get($"v1/passport-versions/{version}/payload"), ct);
            const string row = """{"label":"bench"}""";
            await MeasureAsync(round, BarePost, bare, _ => Post("rows", row), ct);
            await MeasureAsync(round, "POST snapshots", gateway, _ => Post("v1/snapshots", row), ct);
            var passports = (await compiles.CreateAsync(requests, ct)).ToList();
            var inputs = $$"""
                {"snapshot_id":"{{battery.SnapshotId}}","rule_package_version_id":"{{battery.RulesId}}"}
                """;
            await MeasureAsync(
                round, "POST compile (enqueue)", gateway,
                n => Post($"v1/passports/{passports[n]}/compile", inputs), ct);
        }

        Show();
    }

    // Round 0 warms up.
    private async Task MeasureAsync(
        int round, string name, HttpLoad load, Func<int, HttpRequestMessage> make, CancellationToken ct)
    {
        var result = await narrator.StepAsync(
            round == 0 ? $"{name}, warming up" : $"{name}, round {round} of {rounds}",
            () => load.RunAsync(requests, make, ct),
            r => [$"{r.RequestsPerSecond:n0} requests a second, p99 {r.Took.P99Ms:n1} ms"]);
        if (round > 0)
        {
            _rounds.TryAdd(name, []);
            _rounds[name].Add(result);
        }
    }

    private void Show()
    {
        foreach (var (name, measured) in _rounds)
        {
            var bare = name.Contains("GET", StringComparison.Ordinal) ? BareGet : BarePost;
            report.Requests(
                name, HttpLoad.Callers, requests, measured.ConvertAll(r => r.RequestsPerSecond),
                Quantiles.Median(_rounds[bare].Select(r => r.RequestsPerSecond)));
            report.Latency(name, requests, measured.ConvertAll(r => r.Took));
        }

        report.ShowTables();
    }

    private static async Task<string> CompiledAsync(Api api, SampleBattery battery, CancellationToken ct)
    {
        var body = new { BatteryProductId = battery.ProductId, SerialNumber = "BENCH-API" };
        var passport = (string)(await api.PostAsync("v1/passports", body, ct))["passport_id"]!;
        return await new Compilation(api, SampleBattery.Silence).CompileAsync(
            passport, battery.SnapshotId, battery.RulesId, ct);
    }

    // What is measured is the taking in; compiling it is `bench pipeline`.
    private static async Task PauseAsync(ScratchDatabase database, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await connection.ExecuteAsync("INSERT INTO job_pauses (type, reason) VALUES ('COMPILE_PASSPORT', 'bench api')");
    }

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    private static HttpRequestMessage Post(string path, string json) =>
        new(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
}
