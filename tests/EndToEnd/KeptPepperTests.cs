using System.Text.Json;
using Bpc.Tests.Database;
using Bpc.Tests.Gateway;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.EndToEnd;

/// <summary>
/// The quickstart's variables name no pepper, no worker and no build; each process is a terminal of its own.
/// </summary>
[Trait("Category", "Integration")]
public sealed class KeptPepperTests(PostgresServer postgres) : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("bpc-home-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task A_key_made_beside_the_cluster_opens_its_API_and_what_stands_in_for_a_variable_is_said()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var port = TestPort.Next();
        var variables = new Dictionary<string, string>(database.Variables)
        {
            ["BPC_HOME"] = _home.FullName,
            ["BPC_CLUSTER_ID"] = database.Settings.Name,
            ["BPC_HTTP_PORT"] = $"{port}",
        };
        await using var worker = WorkerProcess.Start(variables);
        await using var gateway = WorkerProcess.Start(variables, "bpc-gateway");
        var made = await ChildProcess.RunAsync(ChildProcess.Bpc, ["tenant", "create", "acme", "--json"], variables, Ct);
        Assert.True(made.ExitCode == 0, made.Error);
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.Authorization =
            new("Bearer", JsonElement.Parse(made.Output).GetProperty("api_key").GetString());
        await gateway.UntilLineAsync("Gateway listening");

        Assert.Equal(200, (await http.GetAnswerAsync("/v1/jobs")).Status);

        await worker.UntilLineAsync("Polling for jobs...");
        Assert.Equal(
            ["BPC_API_KEY_PEPPER_BASE64", "BPC_WORKER_ID", "BPC_COMPILER_BUILD_ID"], Warned(worker));
        Assert.Equal(["BPC_API_KEY_PEPPER_BASE64"], Warned(gateway));
    }

    private static IEnumerable<string> Warned(WorkerProcess process) => process.Lines
        .Where(line => line.Contains("WARN  BPC_", StringComparison.Ordinal)
            && line.Contains(" is not set: ", StringComparison.Ordinal))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]);
}
