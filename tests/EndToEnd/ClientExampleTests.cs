using System.Text.RegularExpressions;
using Bpc.Cli.Up;
using Bpc.Core.Settings;
using Bpc.Hosting;
using Bpc.Tests.Database;

namespace Bpc.Tests.EndToEnd;

[Trait("Category", "Integration")]
public sealed partial class ClientExampleTests(PostgresServer postgres) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpc-client-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_client_of_the_docs_calls_a_grain_through_the_cluster()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var settings = new BpcSettings
        {
            Database = database.Settings,
            ApiKeyPepper = new byte[32],
            Log = new(Console: false),
        };
        await using var cluster = await LocalCluster.StartAsync(
            new BpcHome(Repository.Root, _folder.FullName), settings, say: _ => { }, Ct);
        WriteProgram();

        var client = await ChildProcess.RunAsync(
            "dotnet",
            [
                "run", "-c", ChildProcess.Configuration, "--project", _folder.FullName, "--",
                database.ConnectionString, cluster.Settings.Silo.ClusterId, $"{tenant}",
            ],
            new Dictionary<string, string>(), Ct);

        Assert.True(client.ExitCode == 0, client.Output + client.Error);
        Assert.Contains(" UPLOADED, to be parsed by job ", client.Output, StringComparison.Ordinal);
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM document_versions WHERE tenant_id = $1", tenant));
    }

    private void WriteProgram()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "client-example.md"));
        var project = Block("xml", page).Replace("../bpc/", Repository.Root + "/", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder.FullName, "Client.csproj"), project);
        File.WriteAllText(Path.Combine(_folder.FullName, "Program.cs"), Block("csharp", page));
    }

    private static string Block(string language, string page) =>
        Blocks().Matches(page).Single(b => b.Groups["language"].Value == language).Groups["text"].Value;

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
