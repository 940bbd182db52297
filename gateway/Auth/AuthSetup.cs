using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Bpc.Gateway.Auth;

/// <summary>Authentication, and one authorization policy a permission, decided by the matrix.</summary>
internal static class AuthSetup
{
    public static IServiceCollection AddBpcAuth(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<SignInLinks>();
        // The core alone: the full set brings key files for cookies that we have not.
        services.AddAuthenticationCore(
            options => options.AddScheme<CallerAuthentication>(CallerAuthentication.SchemeName, null));
        services.AddWebEncoders();
        var authorization = services.AddAuthorizationBuilder();
        foreach (var permission in Permission.All)
        {
            authorization.AddPolicy(permission, policy => policy
                .RequireAuthenticatedUser()
                .RequireAssertion(context => Allows(context.User, permission)));
        }

        return services;
    }

    private static bool Allows(ClaimsPrincipal user, string permission) => user.FindAll(ClaimTypes.Role)
        .Any(role => Permission.ByRole.TryGetValue(role.Value, out var granted) && granted.Contains(permission));
}
