using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bpc.Core.Passports.Signing;
using Bpc.Grains.Tenants;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Observability;

[Trait("Category", "Integration")]
public sealed class SiloDashboardTests(PostgresServer postgres)
{
    private static readonly byte[] s_pepper = [.. Enumerable.Repeat((byte)7, 32)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dev", HttpStatusCode.OK)]
    [InlineData("prod", HttpStatusCode.Unauthorized)]
    public async Task A_silos_dashboard_opens_to_its_password_and_outside_production_to_an_Admins_key(
        string environment, HttpStatusCode withKey)
    {
        var port = TestPort.Next();
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await TenantAdministration.CreateAsync(
            database.DataSource, s_pepper, "operators", environment, Ct);
        await using var worker = WorkerProcess.Start(new Dictionary<string, string>(database.Variables)
        {
            ["BPC_ENV"] = environment,
            ["BPC_PUBLIC_BASE_URL"] = "https://passports.example.org",
            ["BPC_WORKER_ID"] = "worker-1",
            ["BPC_COMPILER_BUILD_ID"] = "test",
            ["BPC_CLUSTER_ID"] = database.Settings.Name,
            ["BPC_API_KEY_PEPPER_BASE64"] = Convert.ToBase64String(s_pepper),
            ["BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64"] = ReceiptSigner.NewPrivateKey(),
            ["BPC_DASHBOARD_PASSWORD"] = "the operators' own",
            ["BPC_SILO_HTTP_PORT"] = $"{port}",
        });
        await worker.UntilLineAsync("Listening: http");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(port, "/dashboard/", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(port, "/dashboard/", "bpc_dev_wrong_key"));
        Assert.Equal(withKey, await StatusAsync(port, "/dashboard/", tenant.ApiKey));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(port, "/dashboard/", "the operators' own"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(port, "/dashboard/DashboardCounters", "the operators' own"));
        using var http = new HttpClient();
        using var refused = await http.GetAsync($"http://127.0.0.1:{port}/dashboard/", Ct);
        Assert.Contains("frame-ancestors 'none'", refused.Headers.GetValues("Content-Security-Policy").Single());
        Assert.False(refused.Headers.Contains("Server"));
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
