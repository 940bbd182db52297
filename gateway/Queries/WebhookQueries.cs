using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads webhook endpoints (never their secrets), subscriptions and deliveries.</summary>
internal sealed class WebhookQueries(GatewayDatabase database)
{
    public async Task<Page<WebhookEndpointRow>> EndpointsAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {WebhookEndpointRow.Columns} FROM webhook_endpoints e
             WHERE tenant_id = @tenantId AND status <> 'DELETED'
               AND (@after::uuid IS NULL OR webhook_endpoint_id < @after::uuid)
             ORDER BY webhook_endpoint_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<WebhookEndpointRow>(
            sql, new { tenantId, after = page.After("webhook-endpoints"), fetch = page.Fetch }, ct);
        return page.Cut("webhook-endpoints", rows, e => $"{e.WebhookEndpointId}");
    }

    public Task<WebhookEndpointRow?> EndpointAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        database.FindAsync<WebhookEndpointRow>(
            $"""
            SELECT {WebhookEndpointRow.Columns} FROM webhook_endpoints e
             WHERE tenant_id = @tenantId AND webhook_endpoint_id = @id AND status <> 'DELETED'
            """,
            new { tenantId, id }, ct);

    public async Task<Page<WebhookSubscriptionRow>> SubscriptionsAsync(
        Guid tenantId, Guid? endpointId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT webhook_subscription_id, webhook_endpoint_id, event_type, created_at FROM webhook_subscriptions
             WHERE tenant_id = @tenantId AND (@endpointId::uuid IS NULL OR webhook_endpoint_id = @endpointId)
               AND (@after::uuid IS NULL OR webhook_subscription_id < @after::uuid)
             ORDER BY webhook_subscription_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<WebhookSubscriptionRow>(
            sql, new { tenantId, endpointId, after = page.After("webhook-subscriptions"), fetch = page.Fetch }, ct);
        return page.Cut("webhook-subscriptions", rows, s => $"{s.WebhookSubscriptionId}");
    }

    public Task<WebhookSubscriptionRow?> SubscriptionAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        database.FindAsync<WebhookSubscriptionRow>(
            """
            SELECT webhook_subscription_id, webhook_endpoint_id, event_type, created_at FROM webhook_subscriptions
             WHERE tenant_id = @tenantId AND webhook_subscription_id = @id
            """,
            new { tenantId, id }, ct);

    public async Task<Page<WebhookDeliveryRow>> DeliveriesAsync(
        Guid tenantId, DeliveryFilter filter, PageRequest page, CancellationToken ct)
    {
        // A statement of its own for the few that failed: a plan for any parameters would not use their index.
        var failed = filter.Status == "FAILED" ? "AND status = 'FAILED'" : "";
        var sql = $"""
            SELECT {WebhookDeliveryRow.Columns} FROM webhook_deliveries d
             WHERE tenant_id = @tenantId {failed}
               AND (@Status::text IS NULL OR status = @Status)
               AND (@EndpointId::uuid IS NULL OR webhook_endpoint_id = @EndpointId)
               AND (@EventType::text IS NULL OR event_type = @EventType)
               AND (@after::text IS NULL OR (created_at, webhook_delivery_id)
                    < (split_part(@after, '|', 1)::timestamptz, split_part(@after, '|', 2)::uuid))
             ORDER BY created_at DESC, webhook_delivery_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<WebhookDeliveryRow>(
            sql,
            new
            {
                tenantId,
                filter.Status,
                filter.EndpointId,
                filter.EventType,
                after = page.After("webhook-deliveries"),
                fetch = page.Fetch,
            },
            ct);
        return page.Cut("webhook-deliveries", rows, d => $"{d.CreatedAt:O}|{d.WebhookDeliveryId}");
    }

    public async Task<WebhookDeliveryDetail?> DeliveryAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        const string delivery = $"""
            SELECT {WebhookDeliveryRow.Columns} FROM webhook_deliveries d
             WHERE tenant_id = @tenantId AND webhook_delivery_id = @id
            """;
        const string body = """
            SELECT d.body, j.job_id, CASE WHEN j.status = 'QUEUED' THEN j.scheduled_at END AS next_attempt_at
              FROM webhook_deliveries d
              LEFT JOIN jobs j ON j.tenant_id = d.tenant_id AND j.type = 'DELIVER_WEBHOOK'
                              AND j.idempotency_key = d.webhook_delivery_id::text
             WHERE d.tenant_id = @tenantId AND d.webhook_delivery_id = @id
            """;
        const string attempts = """
            SELECT attempt, attempted_at, http_status, error_message, duration_ms FROM webhook_attempts
             WHERE tenant_id = @tenantId AND webhook_delivery_id = @id ORDER BY attempt DESC LIMIT 100
            """;
        var parameters = new { tenantId, id };
        return await database.FindAsync<WebhookDeliveryRow>(delivery, parameters, ct) is not { } row
            || await database.FindAsync<DeliveryBody>(body, parameters, ct) is not { } content ? null
            : new(row, content.Body, content.JobId, content.NextAttemptAt,
                await database.ListAsync<WebhookAttemptRow>(attempts, parameters, ct));
    }

    public Task<DeliveryEndpoint?> EndpointOfAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        database.FindAsync<DeliveryEndpoint>(
            """
            SELECT webhook_endpoint_id FROM webhook_deliveries
             WHERE tenant_id = @tenantId AND webhook_delivery_id = @id
            """,
            new { tenantId, id }, ct);

    private sealed record DeliveryBody(RawJson Body, Guid? JobId, DateTime? NextAttemptAt);
}
