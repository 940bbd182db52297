using Bpc.Core;

namespace Bpc.Grains.Webhooks;

/// <summary>How one attempt at a delivery went.</summary>
/// <param name="Status">Null where nobody answered.</param>
/// <param name="Error">Null: delivered.</param>
/// <param name="Problem">What was wrong, for whoever mends it; null: delivered.</param>
/// <param name="RetryAfter">How long the endpoint asks us to stay away.</param>
internal sealed record DeliveryAnswer(
    int? Status, BpcError? Error, string? Problem, TimeSpan Took = default, TimeSpan? RetryAfter = null)
{
    private const int Gone = 410;

    /// <summary>The endpoint says that it is gone for good.</summary>
    public bool IsGone => Status == Gone;

    /// <summary>
    /// For the circuit breaker: an endpoint that refuses one delivery is well; a forbidden address says nothing of it.
    /// </summary>
    public bool? Answered => Error == BpcError.WebhookUrlForbidden ? null : Error != BpcError.WebhookFailed;

    public static DeliveryAnswer Of(int status, TimeSpan? retryAfter) => status switch
    {
        >= 200 and < 300 => new(status, null, null),
        408 or 429 or >= 500 => new(
            status, BpcError.WebhookFailed, $"the endpoint answered {status}", RetryAfter: retryAfter),
        >= 300 and < 400 => Rejected(status, "redirects are not followed: give the endpoint its new address"),
        Gone => Rejected(status, "it is gone, and is disabled here"),
        _ => Rejected(status, "it has to be mended"),
    };

    public static DeliveryAnswer Failed(string problem) => new(null, BpcError.WebhookFailed, problem);

    private static DeliveryAnswer Rejected(int status, string what) =>
        new(status, BpcError.WebhookRejected, $"the endpoint answered {status}: {what}");
}
