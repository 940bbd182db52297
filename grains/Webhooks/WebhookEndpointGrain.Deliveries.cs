using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;

namespace Bpc.Grains.Webhooks;

internal sealed partial class WebhookEndpointGrain
{
    private const string Queued = "QUEUED";

    public Task<WebhookSubscribed> SubscribeAsync(Call call, string eventType)
    {
        new InputCheck().OneOf("/event_type", eventType, ["*", .. EventTypes.All]).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            await WebhookStore.LockAsync(tx, Id);
            var subscription = Guid.CreateVersion7();
            if (await WebhookStore.SubscribeAsync(tx, subscription, Id, eventType) is { } existing)
            {
                throw new BpcException(BpcError.InvalidState, $"the endpoint is subscribed to {eventType}: {existing}");
            }

            await tx.WriteAsync(tx.Event(
                EventTypes.WebhookSubscriptionCreated, subscription,
                ("webhook_endpoint_id", Id.ToString()), ("event_type", eventType)));
            return new WebhookSubscribed(subscription, eventType);
        });
    }

    public Task<WebhookSubscribed> UnsubscribeAsync(Call call, Guid subscriptionId) =>
        transactions.RunAsync(call, async tx =>
        {
            await WebhookStore.LockAsync(tx, Id);
            var eventType = await tx.FirstAsync<string>(
                """
                DELETE FROM webhook_subscriptions
                 WHERE tenant_id = @TenantId AND webhook_endpoint_id = @Id AND webhook_subscription_id = @subscriptionId
                RETURNING event_type
                """,
                new { tx.TenantId, Id, subscriptionId })
                ?? throw new BpcException(BpcError.NotFound, $"webhook subscription {subscriptionId}");
            await tx.WriteAsync(tx.Event(
                EventTypes.WebhookSubscriptionDeleted, subscriptionId,
                ("webhook_endpoint_id", Id.ToString()), ("event_type", eventType)));
            return new WebhookSubscribed(subscriptionId, eventType);
        });

    public Task<WebhookDeliveryQueued> PingAsync(Call call) => transactions.RunAsync(call, async tx =>
    {
        await LockEnabledAsync(tx);
        var (delivery, job) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await tx.WriteAsync(DeliveryStore.Ping(tx, delivery, Id, job));
        return new WebhookDeliveryQueued(delivery, job, Queued);
    });

    public Task<WebhookDeliveryQueued> ReplayAsync(Call call, Guid deliveryId) =>
        transactions.RunAsync(call, async tx =>
        {
            await LockEnabledAsync(tx);
            var job = await DeliveryStore.ReplayAsync(tx, Id, deliveryId)
                ?? throw new BpcException(
                    BpcError.InvalidState, $"webhook delivery {deliveryId} is under way; ask again in half a minute");
            await tx.WriteAsync(tx.Event(
                EventTypes.WebhookDeliveryReplayed, deliveryId, ("webhook_endpoint_id", Id.ToString())));
            return new WebhookDeliveryQueued(deliveryId, job, Queued);
        });

    private async Task LockEnabledAsync(CallTransaction tx)
    {
        if ((await WebhookStore.LockAsync(tx, Id)).Status != Enabled)
        {
            throw new BpcException(BpcError.InvalidState, $"webhook endpoint {Id} is {Disabled}; enable it first");
        }
    }
}
