using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Settings;
using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;
using Bpc.Tests.Observability;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Security;

/// <summary>
/// Every secret a deployment or a request holds is a canary; the whole pipeline runs, requests go wrong, and then the
/// canaries are looked for in all that comes out: logs at their most talkative, answers, metrics, the dashboard,
/// traces, and a dump of the database.
/// </summary>
[Trait("Category", "Integration")]
public sealed class CanarySecretsTests(PostgresServer postgres) : IDisposable
{
    private const string WebhookSecret = "whsec_Y2FuYXJ5LW9mLWEtd2ViaG9vay1zZWNyZXQtMzI=";
    private const string NextWebhookSecret = "whsec_Y2FuYXJ5LW9mLXRoZS1uZXh0LXdlYmhvb2stb25lIQ==";

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("bpc-canary-");
    private readonly byte[] _pepper = RandomNumberGenerator.GetBytes(32);
    private readonly string _signingKey = ReceiptSigner.NewPrivateKey();
    private readonly string _metricsToken = $"canary-{RandomNumberGenerator.GetHexString(24)}";
    private readonly string _dashboardPassword = $"canary-{RandomNumberGenerator.GetHexString(24)}";
    private readonly string _collectorToken = $"canary-{RandomNumberGenerator.GetHexString(24)}";
    private readonly string _brokerPassword = $"canary-{RandomNumberGenerator.GetHexString(24)}";
    private readonly List<(string Where, string Text)> _seen = [];
    private readonly ConcurrentQueue<string?> _errors = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string LogFile => Path.Combine(_home.FullName, "log.json");

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task No_secret_comes_out_in_logs_answers_metrics_traces_the_dashboard_or_a_dump_of_the_database()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        await RequireDumpAsync(database);
        var (http, silo) = (TestPort.Next(), TestPort.Next());
        using var demo = Start(database, http, silo, collector.Url);
        string apiKey, madeKey, unknownKey;
        try
        {
            var result = JsonNode.Parse((await demo.StandardOutput.ReadLineAsync(Ct))!)!;
            apiKey = (string)result["api_key"]!;
            unknownKey = apiKey[..^8] + "0badf00d";
            madeKey = await AskAsync(
                new($"http://127.0.0.1:{http}"), apiKey, unknownKey, (string)result["passport_version_id"]!);
            await LookAtSiloAsync(new($"http://127.0.0.1:{silo}"));
            Process.Start("kill", ["-TERM", $"{demo.Id}"]).Dispose();
            _seen.Add(("the standard output", await demo.StandardOutput.ReadToEndAsync(Ct)));
            await demo.WaitForExitAsync(Ct);
        }
        finally
        {
            demo.Kill(entireProcessTree: true);
        }

        // Whoever runs the demo is told its key there.
        _seen.Add(("the standard error", string.Join('\n', _errors).Replace(apiKey, "", StringComparison.Ordinal)));
        _seen.Add(("the log", await File.ReadAllTextAsync(LogFile, Ct)));
        _seen.AddRange(collector.Requests.Select(body => ("a trace", Encoding.Latin1.GetString(body))));
        _seen.Add(("the dump", await DumpAsync(database)));

        Assert.All(["the log", "the standard error", "a trace", "the dump", "/v1/metrics"], place =>
            Assert.Contains(_seen, s => s.Where.EndsWith(place, StringComparison.Ordinal) && s.Text.Length > 1000));
        var leaks = from canary in Canaries(database, apiKey, madeKey, unknownKey)
                    from seen in _seen
                    where canary.In(seen.Text) is not null
                    select $"{canary.Name} in {seen.Where}: …{canary.In(seen.Text)}…";
        Assert.True(!leaks.Any(), string.Join('\n', leaks)); // all of them, where Assert.Empty shows the first five
    }

    private IEnumerable<Canary> Canaries(TestDatabase database, string apiKey, string madeKey, string unknownKey) =>
    [
        Canary.OfBytes("the pepper", _pepper),
        Canary.OfText("the signing key", _signingKey),
        Canary.OfBytes("the signing key's bytes", Convert.FromBase64String(_signingKey)),
        Canary.OfText("the metrics token", _metricsToken),
        Canary.OfText("the dashboard's password", _dashboardPassword),
        Canary.OfText("the broker's password", _brokerPassword),
        Canary.OfText("the API key", apiKey),
        Canary.OfText("the API key's secret", apiKey.Split('_')[3]),
        Canary.OfText("the secret of a key that was made", madeKey.Split('_')[3]),
        Canary.OfText("a key that is not known", unknownKey),
        Canary.OfText("the collector's token", _collectorToken),
        Canary.OfText("the webhook's secret", WebhookSecret),
        Canary.OfBytes("the webhook's secret bytes", Convert.FromBase64String(WebhookSecret[6..])),
        Canary.OfText("the webhook's next secret", NextWebhookSecret),
        Canary.OfBytes("the webhook's next secret's bytes", Convert.FromBase64String(NextWebhookSecret[6..])),
        // A server that was brought along may have any password, 'postgres' too.
        .. database.Settings.Password.Length < 16 ? Array.Empty<Canary>()
            : [Canary.OfText("the database's password", database.Settings.Password)],
    ];

    /// <summary>
    /// Requests with secrets in every place a client may put one, right and wrong. Answers a key that was made.
    /// </summary>
    private async Task<string> AskAsync(Uri gateway, string apiKey, string unknownKey, string version)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        await SendAsync(http, "/v1/jobs", "Bearer", unknownKey);
        await SendAsync(http, "/v1/jobs", "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"x:{unknownKey}")));
        await SendAsync(http, $"/v1/jobs?api_key={unknownKey}", "Bearer", apiKey);
        await SendAsync(http, $"/v1/passport-versions/{version}/view?audience=all", "Bearer", apiKey);
        await SendAsync(http, $"/v1/passport-versions/{version}/bundle", "Bearer", apiKey);
        var endpoint = await SendAsync(http, "/v1/webhook-endpoints", "Bearer", apiKey,
            $$"""{"url": "https://127.0.0.1:9/hook", "secret": "{{WebhookSecret}}"}""", echoes: true);
        await SendAsync(http, $"/v1/webhook-endpoints/{endpoint["webhook_endpoint_id"]}/rotate-secret", "Bearer",
            apiKey, $$"""{"overlap_hours": 1, "secret": "{{NextWebhookSecret}}"}""", echoes: true);
        var made = await SendAsync(http, "/v1/api-keys", "Bearer", apiKey, """{"role": "Auditor"}""", echoes: true);
        await SendAsync(http, "/v1/webhook-endpoints", "Bearer", apiKey,
            $$"""{"url": "not an address", "secret": "{{WebhookSecret}}", "{{WebhookSecret}}": 1e400}""", echoes: true);
        await SendAsync(http, "/v1/webhook-endpoints", "Bearer", apiKey);
        await SendAsync(http, "/v1/audit/events", "Bearer", apiKey);
        await SendAsync(http, "/v1/metrics", "Bearer", unknownKey);
        await SendAsync(http, "/v1/metrics", "Bearer", _metricsToken);
        return (string)made["api_key"]!;
    }

    private async Task LookAtSiloAsync(Uri silo)
    {
        using var http = new HttpClient { BaseAddress = silo };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{_dashboardPassword}"));
        foreach (var page in new[] { "/dashboard/", "/dashboard/DashboardCounters", "/dashboard/Reminders/1" })
        {
            await SendAsync(http, page, "Basic", basic);
        }

        await SendAsync(http, "/v1/metrics", "Bearer", _metricsToken);
        await SendAsync(http, "/v1/health/ready", "Bearer", _metricsToken);
    }

    // A new secret is shown once, and what a client wrote as a member's name stands in the problem that refuses it: in
    // that answer alone.
    private async Task<JsonNode> SendAsync(
        HttpClient http, string path, string scheme, string credential, string? body = null, bool echoes = false)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, credential);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", $"{Guid.NewGuid()}"); // so answers are stored
        using var response = await http.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        if (echoes)
        {
            return JsonNode.Parse(text)!;
        }

        _seen.Add(($"{(int)response.StatusCode} of {http.BaseAddress}{path}", $"{response}\n{text}"));
        return "";
    }

    private Process Start(TestDatabase database, int httpPort, int siloPort, string collector)
    {
        (string Name, string Value)[] variables =
        [
            .. database.Variables.Select(v => (v.Key, v.Value)),
            ("BPC_HOME", _home.FullName),
            ("BPC_HTTP_PORT", $"{httpPort}"),
            ("BPC_SILO_HTTP_PORT", $"{siloPort}"),
            ("BPC_LOG_LEVEL", "trace"),
            ("BPC_LOG_JSON", "true"),
            ("BPC_LOG_FILE", LogFile),
            ("BPC_API_KEY_PEPPER_BASE64", Convert.ToBase64String(_pepper)),
            ("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", _signingKey),
            ("BPC_METRICS_TOKEN", _metricsToken),
            ("BPC_DASHBOARD_PASSWORD", _dashboardPassword),
            ("BPC_QUEUE_ENABLED", "true"),
            ("BPC_QUEUE_URL", $"amqp://canary:{_brokerPassword}@127.0.0.1:9/"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_HEADERS", $"authorization=Bearer {_collectorToken}"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ];
        Assert.Empty(SettingsTable.All.Where(s => s.Secret).Select(s => s.Name).Except(variables.Select(v => v.Name)));
        var demo = Process.Start(ChildProcess.Describe(
            ChildProcess.Bpc, ["demo", "--json"], variables.Select(v => KeyValuePair.Create(v.Name, v.Value))))!;
        demo.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data);
        demo.BeginErrorReadLine();
        return demo;
    }

    // It refuses a server newer than itself. Found out first: without the dump the rest would prove too little.
    private static async Task RequireDumpAsync(TestDatabase database)
    {
        var version = (await Tool.RunAsync("pg_dump", "--version")).Output; // pg_dump (PostgreSQL) 15.18 (Debian …)
        var program = int.Parse(version.Split(' ')[2].Split('.')[0], CultureInfo.InvariantCulture);
        var server = await database.ScalarAsync<int>("SELECT current_setting('server_version_num')::int / 10000");
        Assert.SkipUnless(program >= server, $"pg_dump {program} cannot dump a PostgreSQL {server}");
    }

    private static async Task<string> DumpAsync(TestDatabase database)
    {
        var dump = await ChildProcess.RunAsync(
            "pg_dump",
            ["-h", database.Settings.Host!, "-p", $"{database.Settings.Port}", "-U", database.Settings.User,
                database.Settings.Name],
            new Dictionary<string, string> { ["PGPASSWORD"] = database.Settings.Password }, Ct);
        Assert.True(dump.ExitCode == 0, dump.Error);
        return dump.Output;
    }
}
