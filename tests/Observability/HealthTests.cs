using System.Diagnostics;
using System.Net;
using Bpc.Core.ApiKeys;
using Bpc.Core.Settings;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;
using Bpc.Tests.Passports;
using Npgsql;

namespace Bpc.Tests.Observability;

/// <summary>A worker and a gateway, each a process of its own, seen from outside.</summary>
[Trait("Category", "Integration")]
public sealed class HealthTests(PostgresServer postgres)
{
    // What a probe is told to wait: two seconds of patience, and a machine that runs a whole suite beside it.
    private static readonly TimeSpan s_stated = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Without_the_database_both_live_on_and_are_not_ready_until_it_is_back()
    {
        var (siloPort, gatewayPort) = (TestPort.Next(), TestPort.Next());
        await using var database = await postgres.CreateDatabaseAsync();
        await using var worker = WorkerProcess.Start(Variables(database, "BPC_SILO_HTTP_PORT", siloPort));
        await using var gateway = WorkerProcess.Start(Variables(database, "BPC_HTTP_PORT", gatewayPort), "bpc-gateway");
        int[] both = [siloPort, gatewayPort];
        await AllAsync(both, "ready", HttpStatusCode.OK, s_longest);
        await OnlyLoopbackAsync(worker, gateway);

        await AllowAsync(database, false);
        await AllAsync(both, "ready", HttpStatusCode.ServiceUnavailable, s_longest, () => EndSessionsAsync(database));
        await AllAsync(both, "live", HttpStatusCode.OK, s_longest);
        await SaysWhatIsMissingAsync(database, gatewayPort);

        await AllowAsync(database, true);
        await AllAsync(both, "ready", HttpStatusCode.OK, s_longest);
    }

    private static Task AllAsync(
        int[] ports, string health, HttpStatusCode expected, TimeSpan atMost, Func<Task>? before = null)
    {
        return Task.WhenAll(ports.Select(port => JobRows.UntilAsync(AnswersAsync(port), $"{port} {health}", atMost)));

        Func<Task<bool>> AnswersAsync(int port) => async () =>
        {
            using var http = new HttpClient { Timeout = s_stated };
            try
            {
                await (before?.Invoke() ?? Task.CompletedTask);
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/v1/health/{health}"));
                return answer.StatusCode == expected;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or NpgsqlException)
            {
                return false; // it has not begun to listen, or the machine is busy
            }
        };
    }

    /// <summary>Readiness keeps its shape, and a request learns that it may be repeated.</summary>
    private static async Task SaysWhatIsMissingAsync(TestDatabase database, int gatewayPort)
    {
        using var http = new HttpClient { Timeout = s_stated, BaseAddress = new($"http://127.0.0.1:{gatewayPort}") };
        await JobRows.UntilAsync(
            async () =>
            {
                await EndSessionsAsync(database);
                using var ready = await http.GetAsync(new Uri("/v1/health/ready", UriKind.Relative));
                return await ready.Content.ReadAsStringAsync()
                    == """{"status":"not_ready","database":"unavailable","cluster":"unavailable"}""";
            },
            "readiness names both", s_longest);

        var key = ApiKey.Make("dev", new byte[ApiKey.PrefixBytes], new byte[ApiKey.SecretBytes]);
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Text);
        using var jobs = await http.GetAsync(new Uri("/v1/jobs", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, jobs.StatusCode);
        Assert.Contains("DB_UNAVAILABLE", await jobs.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>
    /// HTTP, the port between silos and the one for Orleans clients: nothing of ours listens further.
    /// </summary>
    private static async Task OnlyLoopbackAsync(params WorkerProcess[] processes)
    {
        var sockets = (await Tool.RunAsync(new ProcessStartInfo("ss", "-Hltnp"))).Output.Split('\n');
        foreach (var process in processes)
        {
            var own = sockets.Where(s => s.Contains($"pid={process.Id},", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(own);
            Assert.All(own, s => Assert.Contains(" 127.0.0.1:", s, StringComparison.Ordinal));
        }
    }

    private static Task AllowAsync(TestDatabase database, bool connections) => AsAdminAsync(
        database, $"ALTER DATABASE \"{database.Settings.Name}\" ALLOW_CONNECTIONS {connections}");

    // Again and again while none is allowed: a session that was being opened at that moment is seen only later.
    private static Task EndSessionsAsync(TestDatabase database) => AsAdminAsync(
        database, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Settings.Name}'");

    private static async Task AsAdminAsync(TestDatabase database, string statement)
    {
        await using var admin = NpgsqlDataSource.Create(
            (database.Settings with { Name = "postgres" }).ToConnectionString());
        await using var command = admin.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, string> Variables(TestDatabase database, string portVariable, int port) =>
        new(database.Variables)
        {
            ["BPC_CLUSTER_ID"] = database.Settings.Name,
            ["BPC_API_KEY_PEPPER_BASE64"] = Convert.ToBase64String(new byte[32]),
            [portVariable] = $"{port}",
        };
}
