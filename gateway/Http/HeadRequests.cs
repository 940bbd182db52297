namespace Bpc.Gateway.Http;

/// <summary>HEAD on every route that has GET: answered the same; the server itself leaves the body out.</summary>
internal static class HeadRequests
{
    /// <summary>Middleware, before routing.</summary>
    public static Task AsGetAsync(HttpContext http, RequestDelegate next)
    {
        // A sign-in link works once: whoever only looks at it, as programs that preview links do, must not use it up.
        if (HttpMethods.IsHead(http.Request.Method) && !http.Request.Path.StartsWithSegments("/sign-in"))
        {
            http.Request.Method = HttpMethods.Get;
        }

        return next(http);
    }
}
