using System.Diagnostics;
using System.Net;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.EndToEnd;

[Trait("Category", "Integration")]
public sealed class UpProcessTests(PostgresServer postgres) : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("bpc-up-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task Everything_comes_up_in_one_process_and_ends_cleanly_when_told()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var port = TestPort.Next();
        using var up = Start(database, port);
        try
        {
            await LineAsync(up.StandardOutput, "BPC is up");
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            await JobRows.UntilAsync(
                async () => await StatusAsync(http, "/v1/health/ready") == HttpStatusCode.OK, "it is ready");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/v1/jobs"));

            Process.Start("kill", ["-TERM", $"{up.Id}"]).Dispose();
            await up.StandardOutput.ReadToEndAsync(Ct);
            await up.WaitForExitAsync(Ct);

            Assert.Equal(0, up.ExitCode);
        }
        finally
        {
            up.Kill(entireProcessTree: true);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return response.StatusCode;
    }

    private Process Start(TestDatabase database, int port)
    {
        var up = Process.Start(ChildProcess.Describe(ChildProcess.Bpc, ["up"], [
            .. database.Variables, new("BPC_HOME", _home.FullName), new("BPC_HTTP_PORT", $"{port}")]))!;
        up.BeginErrorReadLine(); // nobody reads it, and a full pipe would stop the program
        return up;
    }

    private static async Task LineAsync(StreamReader output, string start)
    {
        while (await output.ReadLineAsync(Ct) is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"the process ended before it said '{start}'");
    }
}
