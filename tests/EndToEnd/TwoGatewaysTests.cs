using System.Diagnostics;
using Bpc.Grains.Tenants;
using Bpc.Tests.Database;
using Bpc.Tests.Gateway;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.EndToEnd;

/// <summary>A worker and two gateways, a process each, as an operator runs them behind a load balancer.</summary>
[Trait("Category", "Integration")]
public sealed class TwoGatewaysTests(PostgresServer postgres)
{
    private const int Burst = 30;

    private static readonly byte[] s_pepper = [.. Enumerable.Repeat((byte)7, 32)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_s_limit_and_its_revocation_hold_in_both_processes()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (one, two) = (TestPort.Next(), TestPort.Next());
        await using var worker = WorkerProcess.Start(Variables(database));
        await using var first = StartGateway(database, one);
        await using var second = StartGateway(database, two);
        var owner = await TenantAdministration.CreateAsync(database.DataSource, s_pepper, "two-gateways", "test", Ct);
        using var here = Client(one, owner.ApiKey);
        using var there = Client(two, owner.ApiKey);
        foreach (var gateway in (HttpClient[])[here, there])
        {
            await JobRows.UntilAsync(() => IsReadyAsync(gateway), "the gateway is ready", TimeSpan.FromMinutes(4));
        }

        var made = await here.PostAsync("/v1/api-keys", """{"role": "Auditor"}""");
        using var auditorHere = Client(one, made["api_key"]!);
        using var auditorThere = Client(two, made["api_key"]!);

        var passed = 0;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Burst; i++)
        {
            passed += await StatusAsync(auditorHere) == 200 ? 1 : 0;
            passed += await StatusAsync(auditorThere) == 200 ? 1 : 0;
        }

        // One a second comes back meanwhile, and a gateway that gets no answer in time lets a few pass by itself; each by
        // itself would have let all sixty pass.
        var back = (int)Stopwatch.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(passed, Burst * 3 / 4, (Burst * 4 / 3) + (2 * back));

        Assert.Equal(200, (await here.PostAsync($"/v1/api-keys/{made["api_key_id"]}/revoke")).Status);
        var deadline = DateTime.UtcNow.AddSeconds(60);
        foreach (var client in (HttpClient[])[auditorHere, auditorThere])
        {
            await JobRows.UntilAsync(async () => await StatusAsync(client) == 401, "the key is refused");
            Assert.True(DateTime.UtcNow < deadline, "later than five seconds, and what a busy machine adds");
        }

        // Another key of the tenant; the address may have asked too often meanwhile.
        await JobRows.UntilAsync(async () => await StatusAsync(there) == 200, "the owner's key works on");
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            return (await http.GetAnswerAsync("/v1/health/ready")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    private static async Task<int> StatusAsync(HttpClient http) => (await http.GetAnswerAsync("/v1/documents")).Status;

    private static HttpClient Client(int port, string key) => new()
    {
        BaseAddress = new($"http://127.0.0.1:{port}"),
        DefaultRequestHeaders = { Authorization = new("Bearer", key) },
    };

    private static WorkerProcess StartGateway(TestDatabase database, int port) => WorkerProcess.Start(
        new Dictionary<string, string>(Variables(database))
        {
            ["BPC_HTTP_PORT"] = $"{port}",
            ["BPC_RATE_LIMIT_ENABLED"] = "true",
            ["BPC_RATE_LIMIT_RPS"] = "1",
            ["BPC_RATE_LIMIT_BURST"] = $"{Burst}",
        },
        "bpc-gateway");

    private static Dictionary<string, string> Variables(TestDatabase database) => new(database.Variables)
    {
        ["BPC_ENV"] = "test",
        ["BPC_CLUSTER_ID"] = database.Settings.Name,
        ["BPC_API_KEY_PEPPER_BASE64"] = Convert.ToBase64String(s_pepper),
    };
}
