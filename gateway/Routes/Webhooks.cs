using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Where events are sent: endpoints, what they subscribe to, and what became of each delivery.</summary>
internal static class Webhooks
{
    public static void MapWebhooks(this IEndpointRouteBuilder v1)
    {
        var endpoints = v1.MapGroup("/webhook-endpoints").WithTags("Webhooks");
        endpoints.MapPost("/", CreateAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Create a webhook endpoint")
            .WithDescription("The answer shows the secret this once; one is made where absent.")
            .Example("""{"url": "https://example.com/bpc"}""");
        endpoints.MapGet("/", EndpointsAsync).RequireAuthorization(Permission.WebhookRead)
            .WithSummary("List webhook endpoints");

        var subscriptions = v1.MapGroup("/webhook-subscriptions").WithTags("Webhooks");
        subscriptions.MapPost("/", SubscribeAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Subscribe an endpoint to a kind of event")
            .Example("""
                {
                  "webhook_endpoint_id": "01982f6e-7d1c-7c3e-9b1a-3f6c1d2e4a5b",
                  "event_type": "passport_version.activated"
                }
                """);
        subscriptions.MapGet("/", SubscriptionsAsync).RequireAuthorization(Permission.WebhookRead)
            .WithSummary("List subscriptions");

        v1.MapGet("/webhook-deliveries", DeliveriesAsync).RequireAuthorization(Permission.WebhookRead)
            .WithTags("Webhooks")
            .WithSummary("List deliveries, newest first").WithDescription("status: PENDING, DELIVERED or FAILED.");
    }

    private static async Task<Created<WebhookEndpointCreated>> CreateAsync(
        Body<NewWebhookEndpoint> body, Caller caller, HttpContext http, IGrainFactory grains)
    {
        http.Response.Headers.CacheControl = "no-store";
        var created = await grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.Url, body.Value.Secret);
        return TypedResults.Created((string?)null, created);
    }

    private static Task<Page<WebhookEndpointRow>> EndpointsAsync(
        [AsParameters] PageRequest page, Caller caller, WebhookQueries webhooks, CancellationToken ct) =>
        webhooks.EndpointsAsync(caller.TenantId, page, ct);

    private static async Task<Created<SubscriptionAnswer>> SubscribeAsync(
        Body<NewSubscription> body, Caller caller, IGrainFactory grains)
    {
        var (endpointId, eventType) = body.Value;
        var created = await grains.GetGrain<IWebhookEndpointGrain>(endpointId).SubscribeAsync(caller.Call, eventType);
        return TypedResults.Created(
            (string?)null,
            new SubscriptionAnswer(created.WebhookSubscriptionId, endpointId, created.EventType, "CREATED"));
    }

    private static Task<Page<WebhookSubscriptionRow>> SubscriptionsAsync(
        [AsParameters] PageRequest page, Caller caller, WebhookQueries webhooks, CancellationToken ct) =>
        webhooks.SubscriptionsAsync(caller.TenantId, page, ct);

    private static Task<Page<WebhookDeliveryRow>> DeliveriesAsync(
        string? status, [AsParameters] PageRequest page, Caller caller, WebhookQueries webhooks,
        CancellationToken ct) =>
        webhooks.DeliveriesAsync(caller.TenantId, status, page, ct);

    private sealed record NewWebhookEndpoint(
        [property: StringLength(2000, MinimumLength = 1)] string Url,
        [property: StringLength(200, MinimumLength = 24), Description("Yours, or none to have one made.")]
        string? Secret = null);

    private sealed record NewSubscription(
        Guid WebhookEndpointId,
        [property: StringLength(100, MinimumLength = 1)]
        [property: Description("Such as passport_version.activated, or * for all.")]
        string EventType);

    private sealed record SubscriptionAnswer(
        Guid WebhookSubscriptionId, Guid WebhookEndpointId, string EventType, string Status);
}
