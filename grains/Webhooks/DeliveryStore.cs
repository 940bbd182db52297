using Bpc.Core;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Webhooks;

/// <summary>A delivery with the endpoint it goes to.</summary>
/// <param name="PreviousSecretEncrypted">The secret before a rotation while it still signs; else null.</param>
internal sealed record StoredDelivery(
    Guid DeliveryId, Guid EndpointId, string Url, string EndpointStatus, byte[]? SecretEncrypted,
    byte[]? PreviousSecretEncrypted, string EventType, string Body, string Status, int? HttpStatus)
{
    /// <summary>The event type of a test ping, which is about no event.</summary>
    public const string Ping = "webhook_endpoint.ping";

    public bool IsPing => EventType == Ping;
}

/// <summary>The SQL of webhook deliveries.</summary>
internal sealed class DeliveryStore(NpgsqlDataSource database)
{
    public async Task<StoredDelivery?> FindAsync(Guid tenantId, Guid deliveryId, CancellationToken ct)
    {
        const string sql = """
            SELECT d.webhook_delivery_id AS DeliveryId, e.webhook_endpoint_id AS EndpointId, e.url AS Url,
                   e.status AS EndpointStatus, e.secret_encrypted AS SecretEncrypted,
                   CASE WHEN e.rotating_until > now() THEN e.previous_secret_encrypted END
                     AS PreviousSecretEncrypted,
                   d.event_type AS EventType, d.body AS Body, d.status AS Status, d.http_status AS HttpStatus
              FROM webhook_deliveries d JOIN webhook_endpoints e USING (webhook_endpoint_id)
             WHERE d.tenant_id = @tenantId AND d.webhook_delivery_id = @deliveryId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<StoredDelivery>(
            new(sql, new { tenantId, deliveryId }, cancellationToken: ct));
    }

    /// <summary>
    /// Writes an attempt into the delivery and its history. FAILED already at the first failure, though the job may
    /// yet deliver it: an operator looks for what is wrong now.
    /// </summary>
    public static Write Attempted(Guid tenantId, Guid deliveryId, DeliveryAnswer answer) => new(
        """
        WITH delivery AS (
          UPDATE webhook_deliveries
             SET status = CASE WHEN $4::text IS NULL THEN 'DELIVERED' ELSE 'FAILED' END, attempts = attempts + 1,
                 http_status = $3::int, error_message = $4::text,
                 delivered_at = CASE WHEN $4::text IS NULL THEN now() END
           WHERE tenant_id = $1 AND webhook_delivery_id = $2
          RETURNING attempts)
        INSERT INTO webhook_attempts (tenant_id, webhook_delivery_id, attempt, http_status, error_message, duration_ms)
        SELECT $1, $2, attempts, $3::int, $4::text, $5 FROM delivery
        """,
        [tenantId, deliveryId, answer.Status, answer.Problem, (int)answer.Took.TotalMilliseconds]);

    /// <summary>A delivery to one endpoint, whatever it subscribed to, with a job that tries once and first.</summary>
    public static IReadOnlyList<Write> Ping(CallTransaction tx, Guid deliveryId, Guid endpointId, Guid jobId) =>
    [
        new("""
            INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_type, body)
            VALUES ($1, $2, $3, $4, '{"event_type":"' || $4 || '","occurred_at":"' || bpc_time(clock_timestamp())
                    || '","aggregate_type":"webhook_endpoint","aggregate_id":"' || $3::uuid || '","data":{}}')
            """,
            [deliveryId, tx.TenantId, endpointId, StoredDelivery.Ping]),
        new("""
            INSERT INTO jobs (job_id, tenant_id, type, payload, priority, max_attempts, idempotency_key, traceparent,
                              correlation_id)
            VALUES ($1, $2, $3, jsonb_build_object('webhook_delivery_id', $4::uuid), 1, 1, $4::text, $5::text, $6)
            """,
            [
                jobId, tx.TenantId, JobTypes.DeliverWebhook, deliveryId, tx.Call.TraceParent, tx.Call.CorrelationId,
            ],
            Enqueues: true),
    ];

    /// <summary>
    /// Queues the delivery again, with the same id and bytes and a fresh budget, though it was delivered.
    /// NOT_FOUND; null where it is under way this moment.
    /// </summary>
    public static async Task<Guid?> ReplayAsync(CallTransaction tx, Guid endpointId, Guid deliveryId)
    {
        // Its job may have been removed long ago.
        const string sql = """
            INSERT INTO jobs (job_id, tenant_id, type, payload, max_attempts, idempotency_key, traceparent,
                              correlation_id)
            VALUES (bpc_uuid7(), @TenantId, @type, jsonb_build_object('webhook_delivery_id', @deliveryId), @Attempts,
                    @deliveryId::text, @TraceParent, @CorrelationId)
            ON CONFLICT (tenant_id, type, idempotency_key) WHERE idempotency_key IS NOT NULL DO UPDATE SET
                   status = 'QUEUED', attempts = 0, rescues = 0, scheduled_at = now(), lease_owner = NULL,
                   lease_expires_at = NULL, completed_at = NULL, last_error = NULL, result = NULL
             WHERE jobs.status <> 'RUNNING'
            RETURNING job_id
            """;
        var found = await tx.ExecuteAsync(
            """
            UPDATE webhook_deliveries SET status = 'PENDING'
             WHERE tenant_id = @TenantId AND webhook_endpoint_id = @endpointId AND webhook_delivery_id = @deliveryId
            """,
            new { tx.TenantId, endpointId, deliveryId });
        if (found == 0)
        {
            throw new BpcException(BpcError.NotFound, $"webhook delivery {deliveryId}");
        }

        return await tx.FirstAsync<Guid?>(
            sql,
            new
            {
                tx.TenantId,
                type = JobTypes.DeliverWebhook,
                deliveryId,
                DeliverySchedule.Attempts,
                tx.Call.TraceParent,
                tx.Call.CorrelationId,
            });
    }
}
