namespace Bpc.Grains.Webhooks;

/// <summary>The circuit breaker of one endpoint (key: webhook_endpoint_id, extended by tenant_id).</summary>
[Alias("bpc.IWebhookCircuitGrain")]
internal interface IWebhookCircuitGrain : IGrainWithGuidCompoundKey
{
    /// <summary>Zero: the delivery may go, and is reported when done. Otherwise: ask again after this long.</summary>
    [Alias("Admit")]
    Task<TimeSpan> AdmitAsync(Guid ticket, bool evenIfOpen);

    /// <summary>Answers since when nothing was answered; null where the endpoint is well.</summary>
    /// <param name="answered">Null: the delivery was broken off.</param>
    [Alias("Complete")]
    Task<TimeSpan?> CompleteAsync(Guid ticket, bool? answered);

    /// <summary>The endpoint was changed or enabled: starts anew, closed.</summary>
    [Alias("Reset")]
    Task ResetAsync();
}
