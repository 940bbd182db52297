namespace Bpc.GrainInterfaces.Webhooks;

/// <summary>One address that receives events (key: webhook_endpoint_id).</summary>
[Alias("bpc.IWebhookEndpointGrain")]
public interface IWebhookEndpointGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Creates the endpoint; the answer shows the secret this once. WEBHOOK_URL_FORBIDDEN, VALIDATION_ERROR.
    /// </summary>
    [Alias("Create")]
    Task<WebhookEndpointCreated> CreateAsync(Call call, string url, string? secret);

    [Alias("Subscribe")]
    Task<WebhookSubscribed> SubscribeAsync(Call call, string eventType);
}

[GenerateSerializer, Immutable, Alias("bpc.WebhookEndpointCreated")]
public sealed record WebhookEndpointCreated(
    [property: Id(0)] Guid WebhookEndpointId, [property: Id(1)] string Url, [property: Id(2)] string Status,
    [property: Id(3)] string? Secret);

[GenerateSerializer, Immutable, Alias("bpc.WebhookSubscribed")]
public sealed record WebhookSubscribed(
    [property: Id(0)] Guid WebhookSubscriptionId, [property: Id(1)] string EventType);
