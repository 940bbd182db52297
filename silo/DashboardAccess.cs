using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Bpc.Core.ApiKeys;
using Bpc.Core.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Bpc.Silo;

/// <summary>
/// Who may see the dashboard, which shows grains of every tenant: HTTP Basic with an Admin's API key as password (any
/// user name), so that a browser asks for it. Its own scheme, because a silo also runs without a gateway.
/// </summary>
internal sealed class DashboardAccess(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    NpgsqlDataSource database, BpcSettings settings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "dashboard";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Password() is not { } password)
        {
            return AuthenticateResult.NoResult();
        }

        if (ApiKey.Parse(password) is not { } key || !await IsAdminAsync(key))
        {
            return AuthenticateResult.Fail("not the API key of an Admin");
        }

        var identity = new ClaimsIdentity([new(ClaimTypes.Name, key.Prefix)], Scheme.Name);
        return AuthenticateResult.Success(new(new(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Basic realm=\"BPC dashboard: an Admin's API key is the password\"";
        return base.HandleChallengeAsync(properties);
    }

    private string? Password()
    {
        var bytes = new byte[512];
        return AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            && header is { Scheme: "Basic", Parameter: { } parameter }
            && Convert.TryFromBase64String(parameter, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, var password]
                ? password : null;
    }

    private async Task<bool> IsAdminAsync(ApiKey key)
    {
        await using var command = database.CreateCommand("""
            SELECT key_hash FROM api_keys
             WHERE prefix = $1 AND role = 'Admin' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.Prefix });
        return await command.ExecuteScalarAsync(Context.RequestAborted) is byte[] hash
            && key.Matches(settings.ApiKeyPepper, hash);
    }
}
