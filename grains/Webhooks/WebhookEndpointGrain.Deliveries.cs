using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;

namespace Bpc.Grains.Webhooks;

internal sealed partial class WebhookEndpointGrain
{
    private const string Queued = "QUEUED";

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
