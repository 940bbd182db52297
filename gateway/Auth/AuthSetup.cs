using System.Security.Claims;

namespace Bpc.Gateway.Auth;

/// <summary>
/// Authentication, and one authorization policy a permission, decided by the tenant's rules or else the matrix.
/// </summary>
internal static class AuthSetup
{
    public static IServiceCollection AddBpcAuth(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeyLookup>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<Denials>();
        // The core alone: the full set brings key files for cookies that we have not.
        services.AddAuthenticationCore(
            options => options.AddScheme<CallerAuthentication>(CallerAuthentication.SchemeName, null));
        services.AddWebEncoders();
        var authorization = services.AddAuthorizationBuilder();
        foreach (var permission in Permission.All)
        {
            authorization.AddPolicy(permission, policy => policy
                .RequireAuthenticatedUser()
                .RequireAssertion(context => Allows((HttpContext)context.Resource!, permission)));
        }

        return services;
    }

    private static bool Allows(HttpContext http, string permission)
    {
        var byRole = http.User.FindAll(ClaimTypes.Role).Any(
            role => Permission.ByRole.TryGetValue(role.Value, out var granted) && granted.Contains(permission));
        var byPolicy = http.Features.Get<ApiKeyRow>() is { } key
            ? AccessPolicy.Decide(key.Policy, key.Role, key.ApiKeyId, permission) : null;
        http.Features.Set(new AccessDecision(ByPolicy: byPolicy is not null));
        return byPolicy ?? byRole;
    }
}

/// <summary>Whether a rule of the tenant decided a request, or its key's role alone.</summary>
internal sealed record AccessDecision(bool ByPolicy);
