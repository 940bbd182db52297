using System.Security.Cryptography;
using System.Text;
using Bpc.Core;
using Bpc.Gateway.Auth;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Bpc.Gateway.Http;

/// <summary>The bytes of a POST, PUT or PATCH, read once, after authorization and within the route's limit.</summary>
internal sealed record RequestBody(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>What a route takes that does not say otherwise with <see cref="LimitAttribute"/>.</summary>
    public const int DefaultMaxBytes = 256 * 1024;

    private static readonly RequestBody s_none = new(ReadOnlyMemory<byte>.Empty);

    public static RequestBody Of(HttpContext http) => http.Features.Get<RequestBody>() ?? s_none;

    /// <summary>
    /// SHA-256 of method, path and body: tells a repeated request from another one under the same idempotency key.
    /// </summary>
    public string Hash(HttpRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value}\n"));
        hash.AppendData(Bytes.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Middleware: reads the body of a matched, authorized POST, PUT or PATCH.</summary>
    public static async Task ReadAsync(HttpContext http, RequestDelegate next)
    {
        if (!TakesBody(http.Request.Method) || http.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(http);
            return;
        }

        var limit = endpoint.Metadata.GetMetadata<LimitAttribute>()?.MaxBytes ?? DefaultMaxBytes;
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = limit;
        if (http.Request.Headers.ContentEncoding.Count > 0)
        {
            throw new BadHttpRequestException("compressed", StatusCodes.Status415UnsupportedMediaType);
        }

        var isLarge = Math.Min(http.Request.ContentLength ?? limit, limit) > DefaultMaxBytes;
        using var place = isLarge
            ? await http.RequestServices.GetRequiredService<LargeBodies>()
                .EnterAsync(Caller.TenantOf(http.User), http.RequestAborted)
            : null;
        var body = await ReadAsync(http.Request, limit, http.RequestAborted);
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is null && http.Request.Path.StartsWithSegments("/v1"))
        {
            body.RefuseMembers();
        }

        http.Features.Set(body);
        await next(http);
    }

    // What a client means by members of a body that nobody reads, it should hear that nobody does.
    private void RefuseMembers()
    {
        if (!Bytes.IsEmpty)
        {
            Body<Nothing>.Read(Bytes);
        }
    }

    private static bool TakesBody(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method);

    private static async Task<RequestBody> ReadAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        if (request.ContentLength > limit)
        {
            throw new BpcException(
                BpcError.PayloadLimit, $"the body has {request.ContentLength} bytes; this route takes {limit}");
        }

        using var bytes = new MemoryStream((int)(request.ContentLength ?? 0));
        try
        {
            await request.Body.CopyToAsync(bytes, ct); // Kestrel ends it at the limit
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BpcException(
                BpcError.Validation, "the body does not come as its headers say: its chunks cannot be read", inner: e);
        }

        return new(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    private sealed record Nothing;

    /// <summary>A route's own limit.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class LimitAttribute(int maxBytes) : Attribute
    {
        public int MaxBytes { get; } = maxBytes;
    }
}
