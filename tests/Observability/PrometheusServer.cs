using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Observability;

/// <summary>
/// A Prometheus of one test's own, with the configuration that is shipped: only where it looks, and how often, differs.
/// </summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    public static readonly string Shipped = Path.Combine(Repository.Root, "deploy", "prometheus");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpc-prometheus-");
    private readonly HttpClient _http;
    private readonly Process _process;

    private PrometheusServer(int siloPort, int gatewayPort)
    {
        var config = File.ReadAllText(Path.Combine(Shipped, "prometheus.yml"))
            .Replace("scrape_interval: 15s", "scrape_interval: 3s\n  evaluation_interval: 3s", StringComparison.Ordinal)
            .Replace(
                "\"silo-1:8081\", \"silo-2:8081\", \"silo-3:8081\"", $"\"127.0.0.1:{siloPort}\"", StringComparison.Ordinal)
            .Replace("gateway:8080", $"127.0.0.1:{gatewayPort}", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder.FullName, "prometheus.yml"), config);
        File.Copy(Path.Combine(Shipped, "alerts.yml"), Path.Combine(_folder.FullName, "alerts.yml"));
        var port = TestPort.Next();
        _http = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
        _process = Start(port);
    }

    /// <summary>Skips the test where Prometheus is not installed.</summary>
    public static async Task<PrometheusServer> StartAsync(int siloPort, int gatewayPort)
    {
        var server = new PrometheusServer(siloPort, gatewayPort);
        await JobRows.UntilAsync(server.IsReadyAsync, "Prometheus is ready");
        return server;
    }

    /// <summary>The value of each series the query returns; none where it returns nothing.</summary>
    public async Task<double[]> QueryAsync(string query)
    {
        var answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        Assert.True(answer.GetProperty("status").GetString() == "success", $"{query}: {answer}");
        return [.. answer.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(series => double.Parse(series.GetProperty("value")[1].GetString()!))];
    }

    /// <summary>Waits until the query's one series has the value.</summary>
    public Task UntilAsync(string query, double value) => JobRows.UntilAsync(
        async () => await QueryAsync(query) is [var found] && found == value, $"{query} is {value}",
        TimeSpan.FromMinutes(4)); // what it asks may only be starting

    /// <summary>The health of each shipped rule, as Prometheus sees it.</summary>
    public async Task<string?[]> RuleHealthAsync() =>
        [.. (await GetAsync("/api/v1/rules")).GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => rule.GetProperty("health").GetString())];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<JsonElement> GetAsync(string path) => JsonElement.Parse(
        await _http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/-/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Start(int port)
    {
        var start = new ProcessStartInfo("prometheus", [
            $"--config.file={Path.Combine(_folder.FullName, "prometheus.yml")}",
            $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}",
            $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        {
            RedirectStandardError = true,
        };
        try
        {
            var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception)
        {
            _folder.Delete(recursive: true);
            Assert.Skip("prometheus is not installed");
            throw;
        }
    }
}
