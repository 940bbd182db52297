using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Bpc.Core.ApiKeys;
using Bpc.Core.Settings;
using Bpc.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Bpc.Silo;

/// <summary>
/// Who may see the dashboard, which shows grains of every tenant: HTTP Basic with BPC_DASHBOARD_PASSWORD (any user
/// name), so that a browser asks for it; outside production an Admin's API key will do. Its own scheme, because a silo
/// also runs without a gateway.
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

        if (IsOperators(password))
        {
            return Success("operator");
        }

        // The dashboard shows every tenant's grains: in production only the operator's password opens it.
        return !settings.IsProduction && ApiKey.Parse(password) is { } key && await IsAdminAsync(key)
            ? Success(key.Prefix) : AuthenticateResult.Fail("not a password of the dashboard");
    }

    private bool IsOperators(string password) =>
        settings.Silo.DashboardPassword is { } expected && SecretText.IsEqual(password, expected);

    private AuthenticateResult Success(string name) => AuthenticateResult.Success(
        new(new(new ClaimsIdentity([new(ClaimTypes.Name, name)], Scheme.Name)), Scheme.Name));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Basic realm=\"BPC dashboard: its password is BPC_DASHBOARD_PASSWORD\"";
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
