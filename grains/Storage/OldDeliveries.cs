using Npgsql;
using NpgsqlTypes;

namespace Bpc.Grains.Storage;

/// <summary>
/// Removes webhook deliveries that are past their time. A round goes through all that are old enough once, page by
/// page: those that stay are not met again in it, however many dead letters there are.
/// </summary>
internal sealed class OldDeliveries(NpgsqlDataSource database)
{
    private const int PageSize = 1000;

    // By the end of a delivery, which may be long after it was made. A dead letter stays: an operator may yet send it.
    private const string IsOver = """
        coalesce(d.delivered_at,
                 (SELECT max(a.attempted_at) FROM webhook_attempts a
                   WHERE a.webhook_delivery_id = d.webhook_delivery_id),
                 d.created_at) < now() - $1 * interval '1 day'
        AND coalesce((SELECT j.status FROM jobs j
                       WHERE j.tenant_id = d.tenant_id AND j.type = 'DELIVER_WEBHOOK'
                         AND j.idempotency_key = d.webhook_delivery_id::text), 'SWEPT')
            NOT IN ('QUEUED', 'RUNNING', 'DEAD_LETTER')
        """;

    /// <summary>
    /// The last of the page after ($2, $3), and those of the page that are over, locked; no row after the last page.
    /// </summary>
    internal const string Find = $"""
        WITH page AS MATERIALIZED (
          SELECT created_at, webhook_delivery_id FROM webhook_deliveries
           WHERE created_at < now() - $1 * interval '1 day'
             AND (created_at, webhook_delivery_id) > (coalesce($2, timestamptz '-infinity'), $3)
           ORDER BY created_at, webhook_delivery_id LIMIT $4)
        SELECT created_at, webhook_delivery_id, ARRAY (
                 SELECT d.webhook_delivery_id FROM webhook_deliveries d
                  WHERE d.webhook_delivery_id = ANY (ARRAY (SELECT webhook_delivery_id FROM page)) AND {IsOver}
                    FOR UPDATE OF d SKIP LOCKED)
          FROM page ORDER BY created_at DESC, webhook_delivery_id DESC LIMIT 1
        """;

    /// <summary>
    /// Asks once more, now that they are locked: of one that was replayed just before, the first statement has seen its
    /// job as it was.
    /// </summary>
    internal const string Remove = $"""
        DELETE FROM webhook_deliveries d WHERE d.webhook_delivery_id = ANY ($2) AND {IsOver}
        """;

    /// <summary>How many went.</summary>
    public async Task<int> RemoveAsync(int days, CancellationToken ct)
    {
        var removed = 0;
        await using var connection = await database.OpenConnectionAsync(ct);
        for (Page? page = new(null, Guid.Empty, []); ;)
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            page = await NextAsync(connection, days, page, ct);
            if (page is null)
            {
                return removed;
            }

            await using var remove = new NpgsqlCommand(Remove, connection)
            {
                Parameters = { new() { Value = days }, new() { Value = page.Over } },
            };
            removed += await remove.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        }
    }

    private static async Task<Page?> NextAsync(NpgsqlConnection connection, int days, Page after, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand(Find, connection)
        {
            Parameters =
            {
                new() { Value = days },
                new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)after.CreatedAt ?? DBNull.Value },
                new() { Value = after.Last },
                new() { Value = PageSize },
            },
        };
        await using var reader = await find.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new(reader.GetDateTime(0), reader.GetGuid(1), reader.GetFieldValue<Guid[]>(2)) : null;
    }

    private sealed record Page(DateTime? CreatedAt, Guid Last, Guid[] Over);
}
