using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.Queries;

namespace Bpc.Gateway.Routes;

/// <summary>The events of a tenant: who did what, chained by hashes.</summary>
internal static class Audit
{
    public static void MapAudit(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/audit/events", EventsAsync).RequireAuthorization(Permission.AuditRead).WithTags("Audit")
            .WithSummary("List events, newest first")
            .WithDescription(
                "Each aggregate's events form a chain: prev_event_hash is the event_hash of the version before. All "
                + "events of the tenant form another: position and link_hash, null for the second until it is linked.");
        v1.MapGet("/audit/head", HeadAsync).RequireAuthorization(Permission.AuditRead).WithTags("Audit")
            .WithSummary("How far the tenant's chain goes")
            .WithDescription("Keep it where we cannot reach: `bpc audit verify --head` then finds a tail cut off.");
    }

    private static Task<Page<EventRow>> EventsAsync(
        [AsParameters] EventFilter filter, [AsParameters] PageRequest page, Caller caller, AuditQueries audit,
        CancellationToken ct) =>
        audit.EventsAsync(caller.TenantId, filter, page, ct);

    private static async Task<HeadRow> HeadAsync(
        HttpContext http, Caller caller, AuditQueries audit, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await audit.HeadAsync(caller.TenantId, ct) ?? new(caller.TenantId, 0, null, null);
    }
}
