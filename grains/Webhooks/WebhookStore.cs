using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Webhooks;

/// <summary>An endpoint as a call found it, its row locked until the call ends.</summary>
/// <param name="RotatingUntil">Until then the secret before the last rotation signs too; null where none does.</param>
internal sealed record LockedEndpoint(string Url, string Status, byte[] SecretEncrypted, DateTime? RotatingUntil);

/// <summary>A circuit breaker at rest: times as distances from the database's now.</summary>
internal sealed record StoredCircuit(int Failures, TimeSpan? OpenFor, TimeSpan? FailingFor);

/// <summary>The SQL of webhook endpoints and their subscriptions.</summary>
internal sealed class WebhookStore(NpgsqlDataSource database)
{
    public async Task<StoredCircuit?> FindCircuitAsync(Guid tenantId, Guid endpointId, CancellationToken ct)
    {
        const string sql = """
            SELECT circuit_failures AS Failures, circuit_open_until - clock_timestamp() AS OpenFor,
                   clock_timestamp() - failing_since AS FailingFor
              FROM webhook_endpoints WHERE tenant_id = @tenantId AND webhook_endpoint_id = @endpointId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<StoredCircuit>(
            new(sql, new { tenantId, endpointId }, cancellationToken: ct));
    }

    public async Task SaveCircuitAsync(Guid tenantId, Guid endpointId, StoredCircuit circuit)
    {
        const string sql = """
            UPDATE webhook_endpoints
               SET circuit_failures = @Failures, circuit_open_until = clock_timestamp() + @OpenFor::interval,
                   failing_since = clock_timestamp() - @FailingFor::interval
             WHERE tenant_id = @tenantId AND webhook_endpoint_id = @endpointId
            """;
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            sql, new { tenantId, endpointId, circuit.Failures, circuit.OpenFor, circuit.FailingFor });
    }

    /// <summary>NOT_FOUND where there is none, or it was deleted.</summary>
    public static async Task<LockedEndpoint> LockAsync(CallTransaction tx, Guid endpointId) =>
        await tx.FirstAsync<LockedEndpoint>(
            """
            SELECT url AS Url, status AS Status, secret_encrypted AS SecretEncrypted,
                   CASE WHEN rotating_until > now() THEN rotating_until END AS RotatingUntil
              FROM webhook_endpoints
             WHERE tenant_id = @TenantId AND webhook_endpoint_id = @endpointId AND status <> 'DELETED' FOR NO KEY UPDATE
            """,
            new { tx.TenantId, endpointId })
        ?? throw new BpcException(BpcError.NotFound, $"webhook endpoint {endpointId}");

    /// <summary>How many endpoints the tenant has.</summary>
    public static Task<long> CountAsync(CallTransaction tx) => tx.FirstAsync<long>(
        "SELECT count(*) FROM webhook_endpoints WHERE tenant_id = @TenantId AND status <> 'DELETED'",
        new { tx.TenantId });

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

    /// <summary>The event type it was for; null where the endpoint has no such subscription.</summary>
    public static Task<string?> UnsubscribeAsync(CallTransaction tx, Guid endpointId, Guid subscriptionId) =>
        tx.FirstAsync<string>(
            """
            DELETE FROM webhook_subscriptions
             WHERE tenant_id = @TenantId AND webhook_endpoint_id = @endpointId
               AND webhook_subscription_id = @subscriptionId
            RETURNING event_type
            """,
            new { tx.TenantId, endpointId, subscriptionId });

    public static Write Insert(Guid tenantId, Guid endpointId, string url, byte[] secretEncrypted) => new(
        "INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted) VALUES ($1, $2, $3, $4)",
        [endpointId, tenantId, url, secretEncrypted]);

    public static Write SetUrl(Guid tenantId, Guid endpointId, string url) => new(
        "UPDATE webhook_endpoints SET url = $3, updated_at = now() WHERE tenant_id = $1 AND webhook_endpoint_id = $2",
        [tenantId, endpointId, url]);

    public static Write SetStatus(Guid tenantId, Guid endpointId, string status, string? reason) => new(
        """
        UPDATE webhook_endpoints SET status = $3, disabled_reason = $4::text, updated_at = now()
         WHERE tenant_id = $1 AND webhook_endpoint_id = $2
        """,
        [tenantId, endpointId, status, reason]);

    /// <summary>The previous secret signs beside the new one until the returned time.</summary>
    public static Task<DateTime> RotateAsync(
        CallTransaction tx, Guid endpointId, byte[] secretEncrypted, TimeSpan overlap) =>
        tx.FirstAsync<DateTime>(
            """
            UPDATE webhook_endpoints SET previous_secret_encrypted = secret_encrypted,
                   rotating_until = now() + @overlap, secret_encrypted = @secretEncrypted, updated_at = now()
             WHERE tenant_id = @TenantId AND webhook_endpoint_id = @endpointId
            RETURNING rotating_until
            """,
            new { tx.TenantId, endpointId, secretEncrypted, overlap });

    public static IReadOnlyList<Write> Delete(Guid tenantId, Guid endpointId) =>
    [
        new("DELETE FROM webhook_subscriptions WHERE tenant_id = $1 AND webhook_endpoint_id = $2",
            [tenantId, endpointId], Rows: null),
        new("""
            UPDATE webhook_endpoints SET status = 'DELETED', secret_encrypted = NULL, previous_secret_encrypted = NULL,
                   rotating_until = NULL, disabled_reason = NULL, updated_at = now()
             WHERE tenant_id = $1 AND webhook_endpoint_id = $2
            """,
            [tenantId, endpointId]),
    ];

    /// <summary>A delivery found that nobody is there; an event only where nobody found it before.</summary>
    public static Write Disable(ClaimedJob job, Guid endpointId, string reason) => new(
        """
        WITH disabled AS (
          UPDATE webhook_endpoints SET status = 'DISABLED', disabled_reason = $3, updated_at = now()
           WHERE tenant_id = $1 AND webhook_endpoint_id = $2 AND status = 'ENABLED' RETURNING webhook_endpoint_id)
        SELECT append_event($1, 'webhook_endpoint', webhook_endpoint_id, $4, $5, $6)
          FROM disabled, bpc_caused_by($7::text, $8::text)
        """,
        [
            job.TenantId, endpointId, reason, EventTypes.WebhookEndpointDisabled, job.Actor(),
            Events.Text(JsonValue.Object(("reason", reason))), Cause.Of(job).TraceParent, Cause.Of(job).CorrelationId,
        ],
        Rows: null, Enqueues: true);
}
