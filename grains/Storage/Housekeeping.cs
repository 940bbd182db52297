using Bpc.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>
/// Removes what nobody will ask for again, a little at a time. Every silo does: a row that another one is removing is
/// passed over.
/// </summary>
internal sealed partial class Housekeeping(
    NpgsqlDataSource database, BpcSettings settings, TimeProvider time, ILogger<Housekeeping> log) : BackgroundService
{
    private const int RowsAtOnce = 1000;
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    // = ANY (ARRAY (…)), never IN (…): a silo's generic plan does not know how few rows LIMIT leaves, and would read
    // the whole table for each batch.
    internal const string IdempotencyKeys = """
        DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY (
          SELECT ctid FROM idempotency_keys WHERE created_at < now() - $1 * interval '1 day'
           ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;

    private const string PreviousSecrets = """
        UPDATE webhook_endpoints SET previous_secret_encrypted = NULL, rotating_until = NULL
         WHERE webhook_endpoint_id = ANY (ARRAY (
               SELECT webhook_endpoint_id FROM webhook_endpoints
                WHERE rotating_until < now() - $1 * interval '1 day' LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;

    /// <summary>One round; says how many rows went.</summary>
    public async Task<int> CleanAsync(CancellationToken ct)
    {
        var rows = await RunAsync(IdempotencyKeys, settings.RetentionIdempotencyDays, ct);
        rows += await RunAsync(PreviousSecrets, 0, ct);
        return settings.RetentionWebhooksDays is { } days
            ? rows + await new OldDeliveries(database).RemoveAsync(days, ct) : rows;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var rows = await CleanAsync(stoppingToken);
                if (rows > 0)
                {
                    Removed(rows);
                }
            }
            catch (NpgsqlException e)
            {
                Failed(e.Message); // the next round finds the same rows
            }
        }
    }

    private async Task<int> RunAsync(string sql, int days, CancellationToken ct)
    {
        for (var total = 0; ;)
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new() { Value = days });
            command.Parameters.Add(new() { Value = RowsAtOnce });
            var rows = await command.ExecuteNonQueryAsync(ct);
            total += rows;
            if (rows < RowsAtOnce)
            {
                return total;
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed {Rows} rows past their time")]
    private partial void Removed(int rows);

    [LoggerMessage(LogLevel.Warning, "Removing what is past its time failed: {Reason}")]
    private partial void Failed(string reason);
}
