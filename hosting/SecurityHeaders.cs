using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Bpc.Hosting;

/// <summary>Headers that keep a browser from running, framing or guessing what we did not mean.</summary>
public static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string Page = $"{Nothing}; style-src 'self'; img-src 'self'";

    // The dashboard and the reference page bring their own scripts and styles, from this server; only they may run
    // them.
    private const string Dashboard =
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self' data:; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>A step of the pipeline: the answer to each request leaves with the headers its path wants.</summary>
    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() => // late: the exception handler clears the headers
        {
            Add(http);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private static void Add(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.ContentSecurityPolicy = Policy(http);
        if (headers.CacheControl.Count == 0 && http.Request.Path.StartsWithSegments("/v1"))
        {
            headers.CacheControl = "no-store"; // a tenant's data stays in no cache that was not told to keep it
        }
    }

    /// <summary>The reference page marks its script with this; made anew for every answer.</summary>
    public static string Nonce(HttpContext http)
    {
        const string key = "csp-nonce";
        return (string)(http.Items[key] ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    }

    private static string Policy(HttpContext http) => http.Request.Path switch
    {
        var path when path.StartsWithSegments("/v1") || path.StartsWithSegments("/openapi") => Nothing,
        var path when path.StartsWithSegments("/dashboard") => Dashboard,
        var path when path.StartsWithSegments("/reference") =>
            $"default-src 'self'; script-src 'self' 'nonce-{Nonce(http)}'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data: blob:; font-src 'self' data:; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'",
        _ => Page,
    };
}
