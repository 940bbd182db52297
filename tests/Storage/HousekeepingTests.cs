using Bpc.Grains.Storage;
using Bpc.Tests.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;

namespace Bpc.Tests.Storage;

[Trait("Category", "Integration")]
public sealed class HousekeepingTests(PostgresServer postgres)
{
    [Theory]
    [InlineData("idempotency_keys", Housekeeping.IdempotencyKeys, "int, int", "1, 1000")]
    [InlineData(
        "webhook_deliveries", OldDeliveries.Find, "int, timestamptz, uuid, int",
        "1, NULL, '00000000-0000-0000-0000-000000000000', 1000")]
    [InlineData("webhook_deliveries", OldDeliveries.Remove, "int, uuid[]", "1, '{}'")]
    public async Task A_batch_is_found_and_removed_without_reading_the_whole_table(
        string table, string statement, string types, string values)
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
            PREPARE batch ({types}) AS {statement};
            EXPLAIN EXECUTE batch ({values})
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

    [Fact]
    public async Task A_round_steps_over_all_dead_letters_and_misses_nothing_among_them()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            WITH endpoint AS (
              INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted)
              VALUES (bpc_uuid7(), $1, 'https://example.com', '') RETURNING *),
            delivery AS (
              INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_type, body,
                                              status, created_at)
              SELECT gen_random_uuid(), tenant_id, webhook_endpoint_id, 'a.b', '', 'FAILED', now() - interval '40 days'
                FROM endpoint, generate_series(1, 2500) RETURNING *)
            INSERT INTO jobs (tenant_id, type, status, idempotency_key)
            SELECT tenant_id, 'DELIVER_WEBHOOK',
                   CASE WHEN row_number() OVER () % 2 = 0 THEN 'FAILED' ELSE 'DEAD_LETTER' END, webhook_delivery_id
              FROM delivery
            """,
            await database.CreateTenantAsync());
        var housekeeping = new Housekeeping(
            database.DataSource, new() { RetentionWebhooksDays = 30 }, TimeProvider.System,
            NullLogger<Housekeeping>.Instance);

        Assert.Equal(1250, await housekeeping.CleanAsync(ct));

        Assert.Equal(1250L, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM webhook_deliveries JOIN jobs ON idempotency_key = webhook_delivery_id::text
             WHERE jobs.status = 'DEAD_LETTER'
            """));
        Assert.Equal(1250L, await database.ScalarAsync<long>("SELECT count(*) FROM webhook_deliveries"));
    }

    [Fact]
    public async Task A_delivery_that_was_replayed_after_it_was_found_is_kept()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var ct = TestContext.Current.CancellationToken;
        var tenant = await database.CreateTenantAsync();
        var delivery = Guid.NewGuid();
        await database.ExecuteAsync(
            """
            WITH endpoint AS (
              INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted)
              VALUES (bpc_uuid7(), $2, 'https://example.com', '') RETURNING *)
            INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_type, body,
                                            status, created_at)
            SELECT $1, tenant_id, webhook_endpoint_id, 'a.b', '', 'FAILED', now() - interval '40 days' FROM endpoint
            """,
            delivery, tenant);
        await using var connection = await database.DataSource.OpenConnectionAsync(ct);
        await using var find = new NpgsqlCommand(OldDeliveries.Find, connection)
        {
            Parameters =
            {
                new() { Value = 30 }, new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = Guid.Empty }, new() { Value = 10 },
            },
        };
        await using (var reader = await find.ExecuteReaderAsync(ct))
        {
            Assert.True(await reader.ReadAsync(ct));
            Assert.Equal([delivery], reader.GetFieldValue<Guid[]>(2));
        }

        await database.ExecuteAsync(
            "INSERT INTO jobs (tenant_id, type, idempotency_key) VALUES ($1, 'DELIVER_WEBHOOK', $2)",
            tenant, $"{delivery}");

        Assert.Equal(0, await database.ExecuteAsync(OldDeliveries.Remove, 30, new[] { delivery }));
    }
}
