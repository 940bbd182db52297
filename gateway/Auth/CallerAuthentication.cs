using System.Text.Encodings.Web;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Gateway.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Bpc.Gateway.Auth;

/// <summary>The one authentication scheme: an API key as bearer token, or the cookie of a sign-in link.</summary>
internal sealed class CallerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    ApiKeyLookup keys, SignInLinks links, Denials denials, BpcSettings settings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "bpc";
    public const string CookieName = "bpc_session";

    private const string Bearer = "Bearer ";

    private BpcException? _refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        try
        {
            return Request.Headers.Authorization is [{ } header]
                && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? await ByKeyAsync(header[Bearer.Length..].Trim())
                : await BySessionAsync();
        }
        catch (BpcException refusal)
        {
            _refusal = refusal; // shown only where the route turns out to need a caller
            return AuthenticateResult.Fail(refusal.Message);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"bpc\"";
        await Problems.WriteAsync(Context, _refusal ?? new(
            BpcError.Unauthorized,
            Request.Path.StartsWithSegments("/dashboard")
                ? "the link that ./bpc up or ./bpc demo prints signs this browser in; a program sends "
                    + "'Authorization: Bearer <API key of an Admin>'"
                : "this route needs 'Authorization: Bearer <API key>'"));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var refusal = new BpcException(BpcError.Forbidden, Context.Features.Get<AccessDecision>() is { ByPolicy: true }
            ? "a rule of this tenant's access policy denies this"
            : "the role of this API key does not include this");
        if (Context.Features.Get<ApiKeyRow>() is { } key)
        {
            denials.Tell(Context, key, refusal);
        }

        return Problems.WriteAsync(Context, refusal);
    }

    private async Task<AuthenticateResult> ByKeyAsync(string key)
    {
        var row = await keys.FindAsync(key, Context.RequestAborted);
        if (keys.EndOf(row) is { } end)
        {
            var refusal = new BpcException(BpcError.ApiKeyRevoked, end);
            denials.Tell(Context, row, refusal);
            throw refusal;
        }

        Context.Features.Set(row);
        string[] roles = row.Role == Role.Admin && !settings.IsProduction ? [row.Role, Role.Operator] : [row.Role];
        return Success(row.TenantId, $"api_key:{row.ApiKeyId}", roles);
    }

    private async Task<AuthenticateResult> BySessionAsync()
    {
        if (Request.Cookies[CookieName] is not { } cookie || links.Find(cookie) is not { } session || !IsOurPage())
        {
            return AuthenticateResult.NoResult();
        }

        return Success(await session.TenantAsync(), $"session:{session.SessionId}", [session.Role, Role.Operator]);
    }

    // SameSite=Strict lets pages of other ports on this host send the cookie: a write must come from a page of our own
    // origin.
    private bool IsOurPage() =>
        HttpMethods.IsGet(Request.Method) || Request.Headers["Sec-Fetch-Site"] == "same-origin";

    private static AuthenticateResult Success(Guid tenantId, string actorId, string[] roles) =>
        AuthenticateResult.Success(new(Caller.Principal(tenantId, actorId, roles, SchemeName), SchemeName));
}
