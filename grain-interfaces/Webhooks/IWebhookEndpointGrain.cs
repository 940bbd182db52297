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

    /// <summary>Sends to another address from now on, deliveries that still wait included.</summary>
    [Alias("Update")]
    Task<WebhookEndpointState> UpdateAsync(Call call, string url);

    /// <summary>ENABLED again, its circuit breaker closed; or DISABLED: nothing is sent until it is enabled.</summary>
    [Alias("SetEnabled")]
    Task<WebhookEndpointState> SetEnabledAsync(Call call, bool enabled);

    /// <summary>Takes the subscriptions and secrets with it; the history of its deliveries stays.</summary>
    [Alias("Delete")]
    Task<WebhookEndpointState> DeleteAsync(Call call);

    /// <summary>
    /// A new secret, shown this once. The one before it signs beside it until the overlap is over, so that receivers
    /// change over without missing one. INVALID_STATE where the overlap before is not over; without an overlap the new
    /// secret signs alone at once.
    /// </summary>
    [Alias("RotateSecret")]
    Task<WebhookSecretRotated> RotateSecretAsync(Call call, string? secret, TimeSpan overlap);

    [Alias("Subscribe")]
    Task<WebhookSubscribed> SubscribeAsync(Call call, string eventType);

    [Alias("Unsubscribe")]
    Task<WebhookSubscribed> UnsubscribeAsync(Call call, Guid subscriptionId);

    /// <summary>Sends a test delivery, once, whatever the endpoint subscribed to and its circuit says.</summary>
    [Alias("Ping")]
    Task<WebhookDeliveryQueued> PingAsync(Call call);

    /// <summary>Sends a delivery again, with the same id and bytes. INVALID_STATE while it is under way.</summary>
    [Alias("Replay")]
    Task<WebhookDeliveryQueued> ReplayAsync(Call call, Guid deliveryId);
}

[GenerateSerializer, Immutable, Alias("bpc.WebhookEndpointCreated")]
public sealed record WebhookEndpointCreated(
    [property: Id(0)] Guid WebhookEndpointId, [property: Id(1)] string Url, [property: Id(2)] string Status,
    [property: Id(3)] string? Secret);

[GenerateSerializer, Immutable, Alias("bpc.WebhookEndpointState")]
public sealed record WebhookEndpointState(
    [property: Id(0)] Guid WebhookEndpointId, [property: Id(1)] string Url, [property: Id(2)] string Status);

[GenerateSerializer, Immutable, Alias("bpc.WebhookSecretRotated")]
public sealed record WebhookSecretRotated(
    [property: Id(0)] Guid WebhookEndpointId, [property: Id(1)] string Secret,
    [property: Id(2)] DateTime PreviousSecretUntil);

[GenerateSerializer, Immutable, Alias("bpc.WebhookSubscribed")]
public sealed record WebhookSubscribed(
    [property: Id(0)] Guid WebhookSubscriptionId, [property: Id(1)] string EventType);

[GenerateSerializer, Immutable, Alias("bpc.WebhookDeliveryQueued")]
public sealed record WebhookDeliveryQueued(
    [property: Id(0)] Guid WebhookDeliveryId, [property: Id(1)] Guid JobId, [property: Id(2)] string Status);
