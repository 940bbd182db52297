using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads webhook endpoints (never their secrets), subscriptions and deliveries.</summary>
internal sealed class WebhookQueries(GatewayDatabase database)
{
    public async Task<Page<WebhookEndpointRow>> EndpointsAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT webhook_endpoint_id, url, status, created_at FROM webhook_endpoints
             WHERE tenant_id = @tenantId AND (@after::uuid IS NULL OR webhook_endpoint_id < @after::uuid)
             ORDER BY webhook_endpoint_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<WebhookEndpointRow>(
            sql, new { tenantId, after = page.After("webhook-endpoints"), fetch = page.Fetch }, ct);
        return page.Cut("webhook-endpoints", rows, e => $"{e.WebhookEndpointId}");
    }

    public async Task<Page<WebhookSubscriptionRow>> SubscriptionsAsync(
        Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT webhook_subscription_id, webhook_endpoint_id, event_type, created_at FROM webhook_subscriptions
             WHERE tenant_id = @tenantId AND (@after::uuid IS NULL OR webhook_subscription_id < @after::uuid)
             ORDER BY webhook_subscription_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<WebhookSubscriptionRow>(
            sql, new { tenantId, after = page.After("webhook-subscriptions"), fetch = page.Fetch }, ct);
        return page.Cut("webhook-subscriptions", rows, s => $"{s.WebhookSubscriptionId}");
    }

    public async Task<Page<WebhookDeliveryRow>> DeliveriesAsync(
        Guid tenantId, string? status, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT webhook_delivery_id, webhook_endpoint_id, event_id, event_type, status, http_status, error_message,
                   attempts, created_at, delivered_at
              FROM webhook_deliveries
             WHERE tenant_id = @tenantId
               AND (@status::text IS NULL OR status = @status)
               AND (@after::text IS NULL OR (created_at, webhook_delivery_id)
                    < (split_part(@after, '|', 1)::timestamptz, split_part(@after, '|', 2)::uuid))
             ORDER BY created_at DESC, webhook_delivery_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<WebhookDeliveryRow>(
            sql, new { tenantId, status, after = page.After("webhook-deliveries"), fetch = page.Fetch }, ct);
        return page.Cut("webhook-deliveries", rows, d => $"{d.CreatedAt:O}|{d.WebhookDeliveryId}");
    }
}

internal sealed record WebhookEndpointRow(Guid WebhookEndpointId, string Url, string Status, DateTime CreatedAt);

internal sealed record WebhookSubscriptionRow(
    Guid WebhookSubscriptionId, Guid WebhookEndpointId, string EventType, DateTime CreatedAt);

internal sealed record WebhookDeliveryRow(
    Guid WebhookDeliveryId, Guid WebhookEndpointId, long? EventId, string EventType, string Status, int? HttpStatus,
    string? ErrorMessage, int Attempts, DateTime CreatedAt, DateTime? DeliveredAt);
