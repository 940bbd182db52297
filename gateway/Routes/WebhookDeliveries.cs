using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Bpc.Gateway.Routes;

/// <summary>What endpoints are sent: their subscriptions, and what became of each delivery.</summary>
internal static class WebhookDeliveries
{
    public static void MapWebhookDeliveries(this IEndpointRouteBuilder v1)
    {
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
        subscriptions.MapDelete("/{id:guid}", UnsubscribeAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("End a subscription").WithDescription("Deliveries already queued are still made.");

        var deliveries = v1.MapGroup("/webhook-deliveries").WithTags("Webhooks");
        deliveries.MapGet("/", DeliveriesAsync).RequireAuthorization(Permission.WebhookRead)
            .WithSummary("List deliveries, newest first").WithDescription("status: PENDING, DELIVERED or FAILED.");
        deliveries.MapGet("/{id:guid}", DeliveryAsync).RequireAuthorization(Permission.WebhookRead)
            .WithSummary("A delivery with its body and every attempt");
        deliveries.MapPost("/{id:guid}/replay", ReplayAsync).RequireAuthorization(Permission.WebhookWrite)
            .WithSummary("Send a delivery again")
            .WithDescription("The same id and bytes, also where it was delivered; its receiver knows it by the id.");
    }

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
        [FromQuery(Name = "webhook_endpoint_id"), Description("Those of one endpoint.")] Guid? endpointId,
        [AsParameters] PageRequest page, Caller caller, WebhookQueries webhooks, CancellationToken ct) =>
        webhooks.SubscriptionsAsync(caller.TenantId, endpointId, page, ct);

    private static async Task<SubscriptionAnswer> UnsubscribeAsync(
        Guid id, Caller caller, WebhookQueries webhooks, IGrainFactory grains, CancellationToken ct)
    {
        var found = (await webhooks.SubscriptionAsync(caller.TenantId, id, ct)).OrNotFound("webhook subscription", id);
        await grains.GetGrain<IWebhookEndpointGrain>(found.WebhookEndpointId).UnsubscribeAsync(caller.Call, id);
        return new(id, found.WebhookEndpointId, found.EventType, "DELETED");
    }

    private static Task<Page<WebhookDeliveryRow>> DeliveriesAsync(
        [AsParameters] DeliveryFilter filter, [AsParameters] PageRequest page, Caller caller, WebhookQueries webhooks,
        CancellationToken ct) =>
        webhooks.DeliveriesAsync(caller.TenantId, filter, page, ct);

    private static async Task<WebhookDeliveryDetail> DeliveryAsync(
        Guid id, Caller caller, WebhookQueries webhooks, CancellationToken ct) =>
        (await webhooks.DeliveryAsync(caller.TenantId, id, ct)).OrNotFound("webhook delivery", id);

    private static async Task<Accepted<WebhookDeliveryQueued>> ReplayAsync(
        Guid id, Caller caller, WebhookQueries webhooks, IGrainFactory grains, CancellationToken ct)
    {
        var endpoint = (await webhooks.EndpointOfAsync(caller.TenantId, id, ct)).OrNotFound("webhook delivery", id);
        var queued = await grains.GetGrain<IWebhookEndpointGrain>(endpoint.WebhookEndpointId)
            .ReplayAsync(caller.Call, id);
        return TypedResults.Accepted($"/v1/webhook-deliveries/{id}", queued);
    }

    private sealed record NewSubscription(
        Guid WebhookEndpointId,
        [property: StringLength(100, MinimumLength = 1)]
        [property: Description("Such as passport_version.activated, or * for all.")]
        string EventType);

    private sealed record SubscriptionAnswer(
        Guid WebhookSubscriptionId, Guid WebhookEndpointId, string EventType, string Status);
}
