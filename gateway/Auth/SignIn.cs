using System.Net;
using Bpc.Gateway.Pages;

namespace Bpc.Gateway.Auth;

/// <summary>Turns a single-use link into a cookie, for browsers on this machine only.</summary>
internal static class SignIn
{
    public static void MapSignIn(this IEndpointRouteBuilder app) =>
        app.MapGet("/sign-in", Open).AllowAnonymous().ExcludeFromDescription();

    private static IResult Open(string? token, HttpContext http, SignInLinks links)
    {
        // The peer's address, not a header: a proxy on this machine that forwards strangers must not open this door.
        var isLocal = http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");
        if (!isLocal || token is null || links.Redeem(token) is not { } session)
        {
            if (http.User.Identity is { IsAuthenticated: true })
            {
                return Results.LocalRedirect("/"); // opened again: what it was for is done
            }

            return PageResults.Notice(
                StatusCodes.Status401Unauthorized, "This link does not work any more",
                "A sign-in link works once, for an hour, on the machine that made it. Start again for a new one.");
        }

        http.Response.Cookies.Append(CallerAuthentication.CookieName, session.SessionToken, new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = "/",
            MaxAge = SignInLinks.SessionLife,
            IsEssential = true,
        });
        http.Response.Headers.CacheControl = "no-store";
        return Results.LocalRedirect(session.Path);
    }
}
