using Bpc.Grains.Storage;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Storage;

[Trait("Category", "Integration")]
public sealed class HousekeepingTests(PostgresServer postgres)
{
    [Theory]
    [InlineData("idempotency_keys", Housekeeping.IdempotencyKeys)]
    [InlineData("webhook_deliveries", Housekeeping.WebhookDeliveries)]
    public async Task A_batch_is_found_and_removed_without_reading_the_whole_table(string table, string statement)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO idempotency_keys (tenant_id, key, request_hash, response, created_at)
            SELECT $1, n::text, '', '{}', now() - n * interval '1 minute' FROM generate_series(1, 20000) n
            """,
            tenant);
        await database.ExecuteAsync(
            """
            WITH endpoint AS (
              INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted)
              VALUES (bpc_uuid7(), $1, 'https://example.com', '') RETURNING *)
            INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_type, body,
                                            created_at)
            SELECT bpc_uuid7(), tenant_id, webhook_endpoint_id, 'a.b', '', now() - n * interval '1 minute'
              FROM endpoint, generate_series(1, 20000) n
            """,
            tenant);
        await database.ExecuteAsync("ANALYZE");

        await using var connection = await database.DataSource.OpenConnectionAsync(ct);
        await using var explain = new NpgsqlCommand(
            $"""
            SET plan_cache_mode = force_generic_plan;
            PREPARE batch (int, int) AS {statement};
            EXPLAIN EXECUTE batch (1, 1000)
            """,
            connection);
        await using var reader = await explain.ExecuteReaderAsync(ct);
        var plan = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            plan.Add(reader.GetString(0));
        }

        Assert.NotEmpty(plan);
        Assert.DoesNotContain(plan, line => line.Contains($"Seq Scan on {table}", StringComparison.Ordinal));
    }
}
