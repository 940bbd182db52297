using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.Queries;

namespace Bpc.Gateway.Routes;

/// <summary>The events of a tenant: who did what, chained by hashes.</summary>
internal static class Audit
{
    private static readonly (string Name, Func<EventRow, object?> Cell)[] s_columns =
    [
        ("event_id", e => e.EventId), ("tenant_id", e => e.TenantId), ("occurred_at", e => e.OccurredAt),
        ("event_type", e => e.EventType), ("actor_id", e => e.ActorId),
        ("aggregate_type", e => e.AggregateType), ("aggregate_id", e => e.AggregateId),
        ("aggregate_version", e => e.AggregateVersion), ("payload", e => e.Payload),
        ("payload_hash", e => e.PayloadHash), ("prev_event_hash", e => e.PrevEventHash),
        ("event_hash", e => e.EventHash), ("position", e => e.Position), ("link_hash", e => e.LinkHash),
    ];

    public static void MapAudit(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/audit/events", EventsAsync).RequireAuthorization(Permission.AuditRead).WithTags("Audit")
            .WithSummary("List events, newest first")
            .WithDescription(
                "Each aggregate's events form a chain: prev_event_hash is the event_hash of the version before. All "
                + "events of the tenant form another: position and link_hash, null for the second until it is linked.");
        v1.MapGet("/audit/events.csv", EventsCsvAsync).RequireAuthorization(Permission.AuditRead).WithTags("Audit")
            .WithSummary("All events as a table, newest first")
            .WithDescription(
                "For a spreadsheet (RFC 4180): a cell that one would run as a formula begins with an apostrophe.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .DisableRequestTimeout(); // as long as somebody reads on
        v1.MapGet("/audit/head", HeadAsync).RequireAuthorization(Permission.AuditRead).WithTags("Audit")
            .WithSummary("How far the tenant's chain goes")
            .WithDescription("Keep it where we cannot reach: `bpc audit verify --head` then finds a tail cut off.");
    }

    private static Task<Page<EventRow>> EventsAsync(
        [AsParameters] EventFilter filter, [AsParameters] PageRequest page, Caller caller, AuditQueries audit,
        CancellationToken ct) =>
        audit.EventsAsync(caller.TenantId, filter, page, ct);

    private static async Task EventsCsvAsync(
        [AsParameters] EventFilter filter, HttpContext http, Caller caller, AuditQueries audit, CancellationToken ct)
    {
        var page = await audit.EventsAsync(caller.TenantId, filter, PageRequest.First, ct);
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"events.csv\"";
        await http.Response.WriteAsync(CsvLine.Of(s_columns.Select(column => column.Name)), ct);
        while (true)
        {
            var lines = page.Items.Select(e => CsvLine.Of(s_columns.Select(column => column.Cell(e))));
            await http.Response.WriteAsync(string.Concat(lines), ct);
            if (page.NextCursor is not { } cursor)
            {
                return;
            }

            page = await audit.EventsAsync(caller.TenantId, filter, PageRequest.First with { Cursor = cursor }, ct);
        }
    }

    private static async Task<HeadRow> HeadAsync(
        HttpContext http, Caller caller, AuditQueries audit, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await audit.HeadAsync(caller.TenantId, ct) ?? new(caller.TenantId, 0, null, null);
    }
}
