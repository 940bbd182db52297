using System.Diagnostics;
using System.Text.Json;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Observability;

/// <summary>A real Prometheus scrapes a real worker and a real gateway, each a process of its own.</summary>
[Trait("Category", "Integration")]
public sealed class PrometheusTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_finds_the_quickstarts_metrics_on_gateway_and_silo_and_every_shipped_query_answers()
    {
        var (siloPort, gatewayPort) = (TestPort.Next(), TestPort.Next());
        await using var prometheus = await PrometheusServer.StartAsync(siloPort, gatewayPort);
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var worker = WorkerProcess.Start(Variables(database, "BPC_SILO_HTTP_PORT", siloPort));
        await using var gateway = WorkerProcess.Start(Variables(database, "BPC_HTTP_PORT", gatewayPort), "bpc-gateway");
        await prometheus.UntilAsync("sum(up)", 2);
        await QueueAsync(database, tenant);

        foreach (var job in new[] { "bpc-silo", "bpc-gateway" })
        {
            await FindsTheQuickstartsAsync(prometheus, job, tenant);
        }

        await JobRows.UntilAsync(
            async () => (await prometheus.RuleHealthAsync()).Count(health => health == "ok") == 9,
            "all nine rules are well");
        foreach (var query in DashboardQueries())
        {
            await JobRows.UntilAsync(
                async () => (await prometheus.QueryAsync(query)).Length > 0, $"the dashboard's {query} answers");
        }

        await LintAsync(siloPort);
        await LintAsync(gatewayPort);
    }

    [Fact]
    public async Task The_shipped_rules_are_sound_and_fire_when_they_should()
    {
        foreach (var check in new[] { "check config prometheus.yml", "test rules alerts-test.yml" })
        {
            var result = await Tool.RunAsync(new ProcessStartInfo("promtool", check.Split(' '))
            {
                WorkingDirectory = PrometheusServer.Shipped,
            });
            Assert.True(result.ExitCode == 0, $"promtool {check}: {result.Output}{result.Errors}");
        }
    }

    private static async Task QueueAsync(TestDatabase database, Guid tenant)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, payload)
            SELECT $1, 'PARSE_FACTS', jsonb_build_object('document_version_id', gen_random_uuid())
              FROM generate_series(1, 3)
            """,
            tenant);
        await database.ExecuteAsync("INSERT INTO jobs (tenant_id, type) VALUES ($1, 'COMPILE_PASSPORT')", tenant);
        await database.ExecuteAsync(
            "INSERT INTO jobs (tenant_id, type, status) VALUES ($1, 'DELIVER_WEBHOOK', 'DEAD_LETTER')", tenant);
        await database.UntilAsync("SUCCEEDED", 3);

        // What has ended and is gone still was enqueued.
        await database.ExecuteAsync(
            "DELETE FROM jobs WHERE job_id = (SELECT min(job_id::text)::uuid FROM jobs WHERE status = 'SUCCEEDED')");
    }

    private static async Task FindsTheQuickstartsAsync(PrometheusServer prometheus, string job, Guid tenant)
    {
        var parse = $"job=\"{job}\", tenant_id=\"{tenant}\", job_type=\"PARSE_FACTS\"";
        var compile = $"job=\"{job}\", tenant_id=\"{tenant}\", job_type=\"COMPILE_PASSPORT\"";
        await prometheus.UntilAsync($"bpc_jobs_enqueued_total{{{parse}}}", 3);
        await prometheus.UntilAsync($"bpc_jobs_running{{{parse}}}", 0);
        await prometheus.UntilAsync($"bpc_jobs_completed_total{{{parse}, status=\"SUCCEEDED\"}}", 3);
        await prometheus.UntilAsync($"bpc_jobs_completed_total{{{compile}, status=\"FAILED\"}}", 1);
        await prometheus.UntilAsync($"bpc_job_duration_seconds_bucket{{{compile}, le=\"+Inf\"}}", 1);
        await prometheus.UntilAsync($"bpc_job_duration_seconds_count{{{parse}}}", 3);
        await prometheus.UntilAsync($"bpc_jobs_dead_letter{{job=\"{job}\", tenant_id=\"{tenant}\"}}", 1);
    }

    private static IEnumerable<string> DashboardQueries()
    {
        var dashboard = JsonElement.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "bpc-jobs.json")));
        return dashboard.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!
                .Replace("$__rate_interval", "1m", StringComparison.Ordinal));
    }

    private static async Task LintAsync(int port)
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/v1/metrics"), Ct);
        var documented = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "metrics.md"), Ct);
        Assert.All(
            metrics.Split('\n').Where(line => line.StartsWith("# TYPE bpc_", StringComparison.Ordinal)),
            line => Assert.Contains($"`{line.Split(' ')[2]}`", documented, StringComparison.Ordinal));
        Assert.DoesNotContain("Host=", metrics, StringComparison.Ordinal);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, metrics, Ct);
        var found = await Tool.RunAsync("sh", "-c", $"promtool check metrics < {file}");
        File.Delete(file);
        Assert.Equal((0, "", ""), (found.ExitCode, found.Output, found.Errors));
    }

    private static Dictionary<string, string> Variables(TestDatabase database, string portVariable, int port) =>
        new(database.Variables)
        {
            ["BPC_CLUSTER_ID"] = database.Settings.Name,
            ["BPC_API_KEY_PEPPER_BASE64"] = Convert.ToBase64String(new byte[32]),
            [portVariable] = $"{port}",
        };
}
