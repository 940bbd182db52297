using System.ComponentModel;
using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>An endpoint as the API shows it.</summary>
internal sealed record WebhookEndpointRow(
    Guid WebhookEndpointId, string Url, string Status, string? DisabledReason,
    [property: Description("CLOSED, OPEN (deliveries wait) or HALF_OPEN (one of them probes).")] string Circuit,
    DateTime? CircuitOpenUntil, int CircuitFailures, DateTime? FailingSince,
    [property: Description("Until then the secret before the last rotation signs too.")] DateTime? PreviousSecretUntil,
    RawJson EventTypes, DateTime CreatedAt, DateTime UpdatedAt)
{
    /// <summary>Of webhook_endpoints as e. The circuit's state is not stored: time alone makes it half-open.</summary>
    public const string Columns = """
        webhook_endpoint_id, url, status, disabled_reason,
        CASE WHEN circuit_open_until IS NULL THEN 'CLOSED' WHEN circuit_open_until > now() THEN 'OPEN'
             ELSE 'HALF_OPEN' END AS circuit,
        circuit_open_until, circuit_failures, failing_since,
        CASE WHEN rotating_until > now() THEN rotating_until END AS previous_secret_until,
        to_json(ARRAY(SELECT s.event_type FROM webhook_subscriptions s
                       WHERE s.webhook_endpoint_id = e.webhook_endpoint_id ORDER BY 1))::text AS event_types,
        created_at, updated_at
        """;
}

internal sealed record WebhookSubscriptionRow(
    Guid WebhookSubscriptionId, Guid WebhookEndpointId, string EventType, DateTime CreatedAt);

internal sealed record WebhookDeliveryRow(
    Guid WebhookDeliveryId, Guid WebhookEndpointId, long? EventId, string EventType, string Status, int? HttpStatus,
    string? ErrorMessage, int Attempts, DateTime CreatedAt, DateTime? DeliveredAt)
{
    /// <summary>Of webhook_deliveries as d.</summary>
    public const string Columns = """
        d.webhook_delivery_id, d.webhook_endpoint_id, d.event_id, d.event_type, d.status, d.http_status,
        d.error_message, d.attempts, d.created_at, d.delivered_at
        """;
}

/// <summary>One delivery with what was sent and how each attempt went.</summary>
internal sealed record WebhookDeliveryDetail(
    WebhookDeliveryRow Delivery,
    [property: Description("What is sent, the same bytes at each attempt.")] RawJson Body,
    Guid? JobId,
    [property: Description("Null where nothing is waiting.")] DateTime? NextAttemptAt,
    [property: Description("Newest first, at most 100.")] IReadOnlyList<WebhookAttemptRow> Attempts);

internal sealed record WebhookAttemptRow(
    int Attempt, DateTime AttemptedAt, int? HttpStatus, string? ErrorMessage, int DurationMs);

/// <summary>Which endpoint a delivery goes to.</summary>
internal sealed record DeliveryEndpoint(Guid WebhookEndpointId);
