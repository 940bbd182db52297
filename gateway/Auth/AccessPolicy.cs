using System.Text.Json;
using Bpc.Gateway.Http;
using Bpc.GrainInterfaces.Tenants;

namespace Bpc.Gateway.Auth;

/// <summary>
/// A tenant's rules on top of the matrix (<see cref="Permission.ByRole"/>): the first that matches, by priority,
/// decides; where none does, the matrix. Rules allow and deny everything but <see cref="s_matrixAlone"/>: whoever may
/// write rules can neither be locked out by one nor be made by one, and no tenant's rule opens the dashboard, which
/// shows every tenant's grains.
/// </summary>
internal static class AccessPolicy
{
    private static readonly string[] s_matrixAlone =
        [Permission.KeyWrite, Permission.PolicyWrite, Permission.DashboardView];

    /// <summary>The permissions that rules decide about.</summary>
    public static readonly IReadOnlyList<string> Permissions = [.. Permission.All.Except(s_matrixAlone)];

    /// <summary>True or false where a rule decides; null where the matrix does.</summary>
    public static bool? Decide(IEnumerable<AccessRule> rules, string role, Guid apiKeyId, string permission) =>
        s_matrixAlone.Contains(permission)
            ? null
            : rules.OrderBy(r => r.Priority)
                .Where(r => Covers(r.Permission, permission))
                .Where(r => r.Role is null || r.Role == role)
                .Where(r => r.ApiKeyId is null || r.ApiKeyId == apiKeyId)
                .Select(r => (bool?)(r.Effect == "ALLOW"))
                .FirstOrDefault();

    /// <summary>Whether a rule of that pattern ever decides: a permission, an area, or all.</summary>
    public static bool IsPattern(string pattern) => Permissions.Any(p => Covers(pattern, p));

    public static IReadOnlyList<AccessRule> Read(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<AccessRule[]>(json, Json.Plain)!;

    private static bool Covers(string pattern, string permission) =>
        pattern == "*" || pattern == permission
            || (pattern.EndsWith(":*", StringComparison.Ordinal)
                && permission.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
