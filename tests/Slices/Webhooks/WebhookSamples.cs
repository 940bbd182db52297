using Bpc.GrainInterfaces.Documents;
using Bpc.GrainInterfaces.Webhooks;

namespace Bpc.Tests.Slices.Webhooks;

/// <summary>An endpoint that hears of documents, and the documents it hears of.</summary>
internal static class WebhookSamples
{
    public static async Task<WebhookEndpointCreated> EndpointAsync(this TestSilo silo, string url)
    {
        var endpoint = silo.Grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7());
        var created = await endpoint.CreateAsync(silo.Call(), url, null);
        await endpoint.SubscribeAsync(silo.Call(), "document.created");
        return created;
    }

    public static Task<DocumentCreated> DocumentAsync(this TestSilo silo) =>
        silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7()).CreateAsync(silo.Call(), "BOM", null);

    public static Task DeliveredAsync(this TestSilo silo, Guid delivery) => Jobs.JobRows.UntilAsync(
        async () => await silo.CountAsync(
            "webhook_deliveries WHERE webhook_delivery_id = $1 AND status = 'DELIVERED'", delivery) == 1,
        $"delivery {delivery} is DELIVERED");
}
