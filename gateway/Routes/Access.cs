using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Bpc.Core;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Who may do what in a tenant: its API keys, and the policy on top of their roles.</summary>
internal static class Access
{
    public static void MapAccess(this IEndpointRouteBuilder v1)
    {
        var keys = v1.MapGroup("/api-keys").WithTags("Access");
        keys.MapPost("/", CreateKeyAsync).RequireAuthorization(Permission.KeyWrite).WithSummary("Create an API key")
            .WithDescription("The answer shows the key this once. A tenant may have several active keys.")
            .Example("""{"role": "Auditor", "label": "annual audit", "expires_at": "2099-01-01T00:00:00Z"}""");
        keys.MapGet("/", KeysAsync).RequireAuthorization(Permission.KeyRead).WithSummary("List API keys");
        keys.MapPost("/{id:guid}/revoke", RevokeKeyAsync).RequireAuthorization(Permission.KeyWrite)
            .WithSummary("Revoke an API key")
            .WithDescription("For good; every gateway answers API_KEY_REVOKED within five seconds.");

        var policies = v1.MapGroup("/access-policies").WithTags("Access");
        policies.MapPost("/", ReplacePolicyAsync).RequireAuthorization(Permission.PolicyWrite)
            .WithSummary("Replace the access policy")
            .WithDescription("""
                Makes the next version, in force within five seconds. Of the rules that match a request, the one with
                the lowest priority decides; where none matches, the role does. `permission` is one of the routes'
                permissions, an area such as `passport:*`, or `*`. `key:write`, `policy:write` and `dashboard:view`
                follow the role alone; a rule that names one of them is refused.
                """)
            .Example("""
                {
                  "rules": [
                    {"priority": 10, "effect": "DENY", "permission": "passport:revoke", "role": "ComplianceOfficer"}
                  ]
                }
                """);
        policies.MapGet("/", PoliciesAsync).RequireAuthorization(Permission.PolicyRead)
            .WithSummary("List versions of the access policy, the one in force first");
    }

    private static async Task<Created<ApiKeyCreated>> CreateKeyAsync(
        Body<NewApiKey> body, Caller caller, HttpContext http, IGrainFactory grains)
    {
        http.Response.Headers.CacheControl = "no-store";
        var created = await grains.GetGrain<IApiKeyGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.Role, body.Value.Label, body.Value.ExpiresAt?.UtcDateTime);
        return TypedResults.Created((string?)null, created);
    }

    private static Task<Page<ApiKeyListRow>> KeysAsync(
        [AsParameters] PageRequest page, Caller caller, AccessQueries access, CancellationToken ct) =>
        access.KeysAsync(caller.TenantId, page, ct);

    private static Task<ApiKeyRevoked> RevokeKeyAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IApiKeyGrain>(id).RevokeAsync(caller.Call);

    private static async Task<Created<AccessPolicyCreated>> ReplacePolicyAsync(
        Body<NewAccessPolicy> body, Caller caller, IGrainFactory grains)
    {
        var allowed = string.Join(", ", AccessPolicy.Permissions);
        var unknown = body.Value.Rules.Index().Where(r => !AccessPolicy.IsPattern(r.Item.Permission))
            .Select(r => new Violation(
                $"/rules/{r.Index}/permission",
                $"is '{r.Item.Permission}'; one of {allowed}, an area:* or * is wanted"))
            .ToList();
        if (unknown.Count > 0)
        {
            throw new BpcException(BpcError.Validation, "a rule names no permission that rules decide about", unknown);
        }

        var created = await grains.GetGrain<IAccessPolicyGrain>(caller.TenantId)
            .ReplaceAsync(caller.Call, body.Value.Rules);
        return TypedResults.Created((string?)null, created);
    }

    private static Task<Page<AccessPolicyRow>> PoliciesAsync(
        [AsParameters] PageRequest page, Caller caller, AccessQueries access, CancellationToken ct) =>
        access.PoliciesAsync(caller.TenantId, page, ct);

    private sealed record NewApiKey(
        [property: AllowedValues(Role.Admin, Role.ComplianceOfficer, Role.Auditor)] string Role,
        [property: StringLength(200), Description("What it is for.")] string? Label = null,
        [property: Description("When it stops working; never where absent.")] DateTimeOffset? ExpiresAt = null);

    private sealed record NewAccessPolicy([property: MaxLength(100)] AccessRule[] Rules);
}
