using Bpc.Core;
using Bpc.Core.Canonical;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Bpc.Gateway.Http;

/// <summary>The few shapes of an answer that routes share.</summary>
internal static class Answers
{
    /// <summary>The row, or NOT_FOUND: what belongs to another tenant is not found either, in the same words.</summary>
    public static T OrNotFound<T>(this T? found, string what, object id) where T : class =>
        found ?? throw new BpcException(BpcError.NotFound, $"{what} {id}");

    /// <summary>Stored bytes as they are. They never change, so that whoever has them need not ask again.</summary>
    public static FileContentHttpResult Immutable(
        HttpContext http, byte[] bytes, string hash, string contentType, string? fileName = null)
    {
        http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return TypedResults.File(bytes, contentType, fileName, entityTag: new EntityTagHeaderValue($"\"{hash}\""));
    }

    /// <summary>
    /// Bytes made of what never changes and of settings, which may: whoever has them asks whether they still hold.
    /// </summary>
    public static FileContentHttpResult Checked(HttpContext http, byte[] bytes, string contentType)
    {
        http.Response.Headers.CacheControl = "private, no-cache";
        return Tagged(bytes, contentType);
    }

    /// <summary>Bytes for everybody, as long as what they are of is published.</summary>
    public static FileContentHttpResult Public(HttpContext http, byte[] bytes, string contentType)
    {
        http.Response.Headers.CacheControl = "no-cache";
        return Tagged(bytes, contentType);
    }

    private static FileContentHttpResult Tagged(byte[] bytes, string contentType) => TypedResults.File(
        bytes, contentType, entityTag: new EntityTagHeaderValue($"\"{CanonicalJson.HashHex(bytes)}\""));
}
