namespace Bpc.Gateway.Http;

/// <summary>
/// X-Correlation-Id: taken from the client where it is well formed, else made; sent back, and in every log line it
/// caused.
/// </summary>
internal sealed class CorrelationId(RequestDelegate next, ILogger<CorrelationId> log)
{
    public const string Header = "X-Correlation-Id";

    private const int MaxLength = 128;

    public async Task InvokeAsync(HttpContext http)
    {
        var id = http.Request.Headers[Header] is [{ } sent] && IsWellFormed(sent)
            ? sent : $"{Guid.CreateVersion7()}";
        http.Items[typeof(CorrelationId)] = id;
        http.Response.OnStarting(() => // late: the exception handler clears the headers
        {
            http.Response.Headers[Header] = id;
            return Task.CompletedTask;
        });
        using (log.BeginScope(new Dictionary<string, object> { ["correlation_id"] = id }))
        {
            await next(http);
        }
    }

    public static string Of(HttpContext http) => (string)http.Items[typeof(CorrelationId)]!;

    // What goes into log lines and headers holds no line breaks, quotes or anything else that could be read as more
    // than an id.
    private static bool IsWellFormed(string id) =>
        id.Length is >= 1 and <= MaxLength
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
