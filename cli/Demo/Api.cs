using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bpc.Core;

namespace Bpc.Cli.Demo;

/// <summary>The public HTTP API, as any client would call it.</summary>
internal sealed class Api : IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(25);

    private readonly HttpClient _http;

    public Api(Uri address, string apiKey)
    {
        _http = new() { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public Task<JsonNode> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    public Task<JsonNode> PostAsync(string path, object? body, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, path, body, ct);

    public async Task<byte[]> BytesAsync(string path, CancellationToken ct)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), ct);
        await ThrowIfRefusedAsync(response, ct);
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path, CancellationToken ct)
    {
        var items = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await GetAsync(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}", ct);
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>Asks again until the answer is ready.</summary>
    public async Task<JsonNode> WaitAsync(string path, Func<JsonNode, bool> ready, CancellationToken ct)
    {
        while (true)
        {
            var answer = await GetAsync(path, ct);
            if (ready(answer))
            {
                return answer;
            }

            await Task.Delay(s_poll, ct);
        }
    }

    /// <summary>Waits until a job succeeds. Its first error is raised, also where the worker would try again.</summary>
    public async Task<JsonNode> JobAsync(string jobId, CancellationToken ct)
    {
        var job = await WaitAsync(
            $"v1/jobs/{jobId}",
            j => j["last_error"] is not null || (string?)j["status"] is not ("QUEUED" or "RUNNING"),
            ct);
        return (string?)job["status"] == "SUCCEEDED" ? job : throw new BpcException(
            BpcError.Named((string?)job["last_error"]?["error_code"] ?? BpcError.Internal.Name),
            $"{job["type"]} {jobId} is {job["status"]} after an error: {job["last_error"]?["message"]}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(Json.Line(body), new MediaTypeHeaderValue("application/json"));
        }

        using var response = await _http.SendAsync(request, ct);
        await ThrowIfRefusedAsync(response, ct);
        return (await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(ct), cancellationToken: ct))!;
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync(ct);
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            throw new HttpRequestException($"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {text}");
        }

        var problem = JsonNode.Parse(text)!;
        throw new BpcException(
            BpcError.Named((string)problem["code"]!),
            (string?)problem["detail"] ?? text,
            ViolationsOf(problem["violations"]));
    }

    /// <summary>
    /// Violations as the API writes them: <c>[{"where", "message"}]</c>, rules' with their <c>"code"</c>.
    /// </summary>
    public static IReadOnlyList<Violation> ViolationsOf(JsonNode? list) =>
        list is JsonArray array ? array.Deserialize<List<Violation>>(JsonSerializerOptions.Web)! : [];
}
