using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>
/// Endpoints that events are sent to, and their secrets. What is sent: <see cref="WebhookDeliveries"/>.
/// </summary>
internal static class Webhooks
{
    private const int DefaultOverlapHours = 24;

    public static void MapWebhooks(this IEndpointRouteBuilder v1)
    {
        var endpoints = v1.MapGroup("/webhook-endpoints").WithTags("Webhooks");
        endpoints.MapPost("/", CreateAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Create a webhook endpoint")
            .WithDescription("The answer shows the secret this once; one is made where absent.")
            .Example("""{"url": "https://example.com/bpc"}""");
        endpoints.MapGet("/", ListAsync).RequireAuthorization(Permission.WebhookRead)
            .WithSummary("List webhook endpoints");
        endpoints.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Permission.WebhookRead)
            .WithSummary("State of an endpoint")
            .WithDescription(
                "circuit: CLOSED; OPEN after five failures in a row, deliveries wait; HALF_OPEN, one of them probes.");
        endpoints.MapPatch("/{id:guid}", UpdateAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Give an endpoint another address").Example("""{"url": "https://example.com/bpc/v2"}""");
        endpoints.MapPost("/{id:guid}/enable", EnableAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Send to an endpoint again").WithDescription("Its circuit breaker starts closed.");
        endpoints.MapPost("/{id:guid}/disable", DisableAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Send nothing to an endpoint")
            .WithDescription("Deliveries that wait end as FAILED; replay them once it is enabled.");
        endpoints.MapPost("/{id:guid}/rotate-secret", RotateAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Give an endpoint a new secret")
            .WithDescription("""
                Shown this once. The one before it signs beside it until the overlap is over; INVALID_STATE until then
                for another rotation, but one with `overlap_hours` 0, after which the new secret signs alone at once.
                """)
            .Example("""{"overlap_hours": 24}""");
        endpoints.MapPost("/{id:guid}/ping", PingAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Send a test delivery")
            .WithDescription("Once, whatever the endpoint subscribed to. Look at the delivery for how it went.");
        endpoints.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Delete an endpoint")
            .WithDescription("With its subscriptions and secrets; the history of its deliveries stays.");
    }

    private static async Task<Created<WebhookEndpointCreated>> CreateAsync(
        Body<NewWebhookEndpoint> body, Caller caller, HttpContext http, IGrainFactory grains)
    {
        http.Response.Headers.CacheControl = "no-store";
        var created = await grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.Url, body.Value.Secret);
        return TypedResults.Created($"/v1/webhook-endpoints/{created.WebhookEndpointId}", created);
    }

    private static Task<Page<WebhookEndpointRow>> ListAsync(
        [AsParameters] PageRequest page, Caller caller, WebhookQueries webhooks, CancellationToken ct) =>
        webhooks.EndpointsAsync(caller.TenantId, page, ct);

    private static async Task<WebhookEndpointRow> GetAsync(
        Guid id, Caller caller, WebhookQueries webhooks, CancellationToken ct) =>
        (await webhooks.EndpointAsync(caller.TenantId, id, ct)).OrNotFound("webhook endpoint", id);

    private static Task<WebhookEndpointState> UpdateAsync(
        Guid id, Body<EndpointAddress> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IWebhookEndpointGrain>(id).UpdateAsync(caller.Call, body.Value.Url);

    private static Task<WebhookEndpointState> EnableAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IWebhookEndpointGrain>(id).SetEnabledAsync(caller.Call, enabled: true);

    private static Task<WebhookEndpointState> DisableAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IWebhookEndpointGrain>(id).SetEnabledAsync(caller.Call, enabled: false);

    private static Task<WebhookSecretRotated> RotateAsync(
        Guid id, Body<SecretRotation> body, Caller caller, HttpContext http, IGrainFactory grains)
    {
        http.Response.Headers.CacheControl = "no-store";
        return grains.GetGrain<IWebhookEndpointGrain>(id).RotateSecretAsync(
            caller.Call, body.Value.Secret, TimeSpan.FromHours(body.Value.OverlapHours));
    }

    private static async Task<Accepted<WebhookDeliveryQueued>> PingAsync(Guid id, Caller caller, IGrainFactory grains)
    {
        var queued = await grains.GetGrain<IWebhookEndpointGrain>(id).PingAsync(caller.Call);
        return TypedResults.Accepted($"/v1/webhook-deliveries/{queued.WebhookDeliveryId}", queued);
    }

    private static Task<WebhookEndpointState> DeleteAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IWebhookEndpointGrain>(id).DeleteAsync(caller.Call);

    private sealed record NewWebhookEndpoint(
        [property: StringLength(2000, MinimumLength = 1)] string Url,
        [property: StringLength(200, MinimumLength = 16), Description("Yours, or none to have one made.")]
        string? Secret = null);

    private sealed record EndpointAddress([property: StringLength(2000, MinimumLength = 1)] string Url);

    private sealed record SecretRotation(
        [property: StringLength(200, MinimumLength = 16), Description("Yours, or none to have one made.")]
        string? Secret = null,
        [property: Range(0, 168), Description("How long the secret so far still signs beside the new one.")]
        int OverlapHours = DefaultOverlapHours);
}
