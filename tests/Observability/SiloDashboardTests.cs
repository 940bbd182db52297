using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bpc.Grains.Tenants;
using Bpc.Hosting;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Observability;

[Trait("Category", "Integration")]
public sealed class SiloDashboardTests(PostgresServer postgres)
{
    private static readonly byte[] s_pepper = [.. Enumerable.Repeat((byte)7, 32)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silos_dashboard_asks_for_an_Admins_key_and_then_shows_its_numbers()
    {
        var port = FreePort.On(IPAddress.Loopback);
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await TenantSetup.CreateAsync(database.DataSource, s_pepper, "operators", "dev", Ct);
        await using var worker = WorkerProcess.Start(new Dictionary<string, string>(database.Variables)
        {
            ["BPC_CLUSTER_ID"] = database.Settings.Name,
            ["BPC_API_KEY_PEPPER_BASE64"] = Convert.ToBase64String(s_pepper),
            ["BPC_SILO_HTTP_PORT"] = $"{port}",
        });
        await worker.UntilLineAsync("Listening: http");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(port, "/dashboard/", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(port, "/dashboard/", "bpc_dev_wrong_key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(port, "/dashboard/", tenant.ApiKey));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(port, "/dashboard/DashboardCounters", tenant.ApiKey));
    }

    private static async Task<HttpStatusCode> StatusAsync(int port, string path, string? key)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{key}")));
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}
