using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Audit;

namespace Bpc.Grains.Webhooks;

internal sealed partial class WebhookEndpointGrain
{
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
            var eventType = await WebhookStore.UnsubscribeAsync(tx, Id, subscriptionId)
                ?? throw new BpcException(BpcError.NotFound, $"webhook subscription {subscriptionId}");
            await tx.WriteAsync(tx.Event(
                EventTypes.WebhookSubscriptionDeleted, subscriptionId,
                ("webhook_endpoint_id", Id.ToString()), ("event_type", eventType)));
            return new WebhookSubscribed(subscriptionId, eventType);
        });
}
