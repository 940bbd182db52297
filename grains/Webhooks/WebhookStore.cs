using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Webhooks;

/// <summary>A delivery with the endpoint it goes to.</summary>
internal sealed record StoredDelivery(
    Guid DeliveryId, Guid EndpointId, string Url, string EndpointStatus, byte[] SecretEncrypted, string EventType,
    string Body, string Status, int? HttpStatus);

/// <summary>The SQL of webhook endpoints, subscriptions and deliveries.</summary>
internal sealed class WebhookStore(NpgsqlDataSource database)
{
    public async Task<StoredDelivery?> FindDeliveryAsync(Guid tenantId, Guid deliveryId, CancellationToken ct)
    {
        const string sql = """
            SELECT d.webhook_delivery_id AS DeliveryId, e.webhook_endpoint_id AS EndpointId, e.url AS Url,
                   e.status AS EndpointStatus,
                   e.secret_encrypted AS SecretEncrypted, d.event_type AS EventType, d.body AS Body,
                   d.status AS Status, d.http_status AS HttpStatus
            FROM webhook_deliveries d JOIN webhook_endpoints e USING (webhook_endpoint_id)
            WHERE d.tenant_id = @tenantId AND d.webhook_delivery_id = @deliveryId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<StoredDelivery>(
            new(sql, new { tenantId, deliveryId }, cancellationToken: ct));
    }

    public static async Task<bool> EndpointExistsAsync(CallTransaction tx, Guid endpointId) =>
        await tx.FirstAsync<int?>(
            "SELECT 1 FROM webhook_endpoints WHERE tenant_id = @TenantId AND webhook_endpoint_id = @endpointId",
            new { tx.TenantId, endpointId }) is not null;

    /// <summary>Null where the endpoint had no such subscription and now has; otherwise the one it has.</summary>
    public static async Task<Guid?> SubscribeAsync(
        CallTransaction tx, Guid subscriptionId, Guid endpointId, string eventType)
    {
        const string insert = """
            INSERT INTO webhook_subscriptions (webhook_subscription_id, tenant_id, webhook_endpoint_id, event_type)
            VALUES (@subscriptionId, @TenantId, @endpointId, @eventType)
            ON CONFLICT (webhook_endpoint_id, event_type) DO NOTHING
            """;
        const string holder = """
            SELECT webhook_subscription_id FROM webhook_subscriptions
            WHERE tenant_id = @TenantId AND webhook_endpoint_id = @endpointId AND event_type = @eventType
            """;
        var parameters = new { subscriptionId, tx.TenantId, endpointId, eventType };
        return await tx.ExecuteAsync(insert, parameters) == 1 ? null : await tx.FirstAsync<Guid>(holder, parameters);
    }

    public static Write InsertEndpoint(Guid tenantId, Guid endpointId, string url, byte[] secretEncrypted) => new(
        "INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted) VALUES ($1, $2, $3, $4)",
        [endpointId, tenantId, url, secretEncrypted]);

    public static Write MarkDelivered(Guid tenantId, Guid deliveryId, int httpStatus) => new(
        """
        UPDATE webhook_deliveries
        SET status = 'DELIVERED', attempts = attempts + 1, http_status = $3, error_message = NULL, delivered_at = now()
        WHERE tenant_id = $1 AND webhook_delivery_id = $2
        """,
        [tenantId, deliveryId, httpStatus]);

    /// <summary>
    /// FAILED already at the first failure, though the job may yet deliver it: an operator looks for what is wrong now.
    /// </summary>
    public static Write MarkFailed(Guid tenantId, Guid deliveryId, int? httpStatus, string error) => new(
        """
        UPDATE webhook_deliveries
        SET status = 'FAILED', attempts = attempts + 1, http_status = $3::int, error_message = $4
        WHERE tenant_id = $1 AND webhook_delivery_id = $2
        """,
        [tenantId, deliveryId, httpStatus, error]);
}
