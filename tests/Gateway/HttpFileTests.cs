using System.Text;
using System.Text.Json;
using Bpc.Core.Passports.Signing;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class HttpFileTests(PostgresServer postgres)
{
    [Fact]
    public async Task The_calls_of_docs_api_http_lead_to_an_active_passport_in_their_order()
    {
        await using var gateway = await RunningGateway.StartAsync(
            postgres, s => s with { Signing = new("example-key", ReceiptSigner.NewPrivateKey()) });
        var tenant = await gateway.CreateTenantAsync();
        var text = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "api.http"), TestContext.Current.CancellationToken);
        var file = new HttpFile(
            text, new Dictionary<string, string> { ["host"] = "", ["api_key"] = tenant.ApiKey });

        foreach (var request in file.Requests)
        {
            Answer answer = null!;
            await JobRows.UntilAsync(
                async () =>
                {
                    answer = await SendAsync(gateway.Anonymous, file, request);
                    Assert.True(answer.Status is 200 or 201 or 202, $"{request.Title}: {answer.Status} {answer.Text}");
                    return IsReached(request, answer);
                },
                request.Title);
            file.Remember(request, answer);
        }

        Assert.True(file.Requests.Count >= 20);
        Assert.Equal(1L, await gateway.Database.ScalarAsync<long>(
            "SELECT count(*) FROM passport_versions WHERE status = 'ACTIVE' AND tenant_id = $1", tenant.Id));
    }

    private static bool IsReached(HttpFileRequest request, Answer answer) =>
        request.Until is not { } until
        || (answer.Json.TryGetProperty(until.Member, out var member) && member.ValueKind is not JsonValueKind.Null
            && (until.Value is null || member.GetString() == until.Value));

    private static Task<Answer> SendAsync(HttpClient http, HttpFile file, HttpFileRequest request)
    {
        var body = file.Fill(request.Body);
        return http.SendAsync(
            request.Method, file.Fill(request.Address),
            body.Length > 0 ? new StringContent(body, Encoding.UTF8, "application/json") : null,
            [.. request.Headers.Where(h => h.Name != "Content-Type").Select(h => (h.Name, file.Fill(h.Value)))]);
    }
}
