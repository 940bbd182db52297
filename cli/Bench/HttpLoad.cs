using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace Bpc.Cli.Bench;

/// <summary>A round: requests a second, and how long each took.</summary>
internal sealed record HttpRound(double RequestsPerSecond, Quantiles Took);

/// <summary>Callers that each send their next request when the last was answered.</summary>
internal sealed class HttpLoad : IDisposable
{
    public const int Callers = 16;

    private readonly HttpClient _http;

    public HttpLoad(Uri address, string? apiKey = null)
    {
        _http = new() { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization =
            apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
    }

    /// <param name="make">The n-th request, from 0.</param>
    public async Task<HttpRound> RunAsync(int requests, Func<int, HttpRequestMessage> make, CancellationToken ct)
    {
        var took = new ConcurrentBag<double>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = ct };
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, requests), options, async (n, stop) =>
        {
            var asked = Stopwatch.GetTimestamp();
            using var request = make(n);
            using var response = await _http.SendAsync(request, stop);
            await response.Content.ReadAsByteArrayAsync(stop);
            response.EnsureSuccessStatusCode();
            took.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        });
        return new(requests / Stopwatch.GetElapsedTime(started).TotalSeconds, Quantiles.Of(took));
    }

    public void Dispose() => _http.Dispose();
}
