using Bpc.Core;
using Bpc.Gateway.Pages;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace Bpc.Gateway.Http;

/// <summary>The one place that turns errors into problem documents.</summary>
internal sealed partial class Problems(ILogger<Problems> log) : IExceptionHandler
{
    private const string MediaType = "application/problem+json";

    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken ct)
    {
        if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
        {
            return true; // nobody is left to read an answer
        }

        var (error, status) = Known(exception);
        if (error is null)
        {
            Unexpected(exception, http.Request.Method, http.Request.Path);
            error = new(BpcError.Internal, "something went wrong here; the log has it under this correlation id");
        }

        await WriteAsync(http, error, status);
        return true;
    }

    /// <summary>
    /// Writes the error; <paramref name="status"/> where HTTP has a more exact one than the catalogue.
    /// </summary>
    public static async Task WriteAsync(HttpContext http, BpcException error, int? status = null)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = status ?? error.Code.Status;
        http.Response.Headers.CacheControl = "no-store";
        if (http.Response.StatusCode is StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "2";
        }

        var problem = Problem.Of(error, http.Response.StatusCode, CorrelationId.Of(http));
        await (IsPage(http.Request)
            ? Page(problem, http.Request).ExecuteAsync(http)
            : http.Response.WriteAsJsonAsync(problem, Json.Plain, MediaType));
    }

    // What passes by itself concerns whoever reads a passport only as far as that: the code is for the log.
    private static IResult Page(Problem problem, HttpRequest request)
    {
        var what = request.Path.StartsWithSegments("/p") ? "passport" : "page";
        var (title, sentence) = problem.Status switch
        {
            StatusCodes.Status401Unauthorized => ("Sign in first", problem.Detail),
            StatusCodes.Status429TooManyRequests or >= 500 => (
                $"This {what} cannot be shown just now",
                $"Try again in a minute. If that does not help, tell whoever runs this: {problem.CorrelationId}"),
            _ => (problem.Title, problem.Detail),
        };
        return PageResults.Notice(problem.Status, title, sentence);
    }

    // Somebody in front of a browser reads a sentence; whatever asks the API gets the document.
    private static bool IsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments("/v1")
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    /// <summary>
    /// A body for answers that have only a status: no such route, method not allowed, media type not supported.
    /// </summary>
    public static Task WriteStatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var status = http.Response.StatusCode;
        return WriteAsync(http, ByStatus(status), status);
    }

    private static BpcException ByStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new(BpcError.Unauthorized, "the token of this route is missing or wrong"),
        StatusCodes.Status404NotFound => new(BpcError.NotFound, "there is nothing at this address"),
        StatusCodes.Status405MethodNotAllowed => new(BpcError.Validation, "this method is not allowed here"),
        StatusCodes.Status415UnsupportedMediaType => new(
            BpcError.Validation, "send the body as application/json, not compressed"),
        StatusCodes.Status504GatewayTimeout => new(
            BpcError.QueueUnavailable, "the request took too long and was given up"),
        >= 500 => new(BpcError.Internal, "something went wrong here"),
        _ => new(BpcError.Validation, "the request cannot be understood"),
    };

    private static (BpcException? Error, int? Status) Known(Exception exception) => exception switch
    {
        BpcException error => (error, null),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (new(BpcError.PayloadLimit, "the body is larger than this route takes"), null),
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } =>
            (new(BpcError.Validation, "a parameter cannot be read; /openapi/v1.json says what each one takes"), null),
        BadHttpRequestException bad => (ByStatus(bad.StatusCode), bad.StatusCode),
        PostgresException { SqlState: [_, _, ..] state } when state.StartsWith("22", StringComparison.Ordinal) =>
            (new(BpcError.Validation, "a parameter of the request is not what the database can compare with"), null),
        PostgresException e when !SqlStates.IsTransient(e.SqlState, e.InvariantSeverity) => (null, null),
        NpgsqlException => (new(BpcError.DbUnavailable, "the database does not answer; try again"), null),
        _ when ClusterErrors.IsUnavailable(exception) =>
            (new(BpcError.QueueUnavailable, "no silo answers; try again"), null),
        TimeoutException => (new(BpcError.QueueUnavailable,
            "no answer in time; the effect may still come: repeat with the same Idempotency-Key"), null),
        _ => (null, null),
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void Unexpected(Exception exception, string method, string path);
}
