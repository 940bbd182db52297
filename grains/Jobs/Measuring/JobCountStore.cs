using Bpc.Core.Settings;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Jobs.Running;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>
/// Counts jobs under the labels of metrics: the oldest tenants and the types this build knows by name, the rest as
/// <c>other</c>.
/// </summary>
internal sealed class JobCountStore(NpgsqlDataSource database, JobHandlers handlers, BpcSettings settings)
{
    private const string Labels = """
        WITH named AS (SELECT tenant_id FROM tenants ORDER BY created_at, tenant_id LIMIT @tenants)
        SELECT coalesce(n.tenant_id::text, 'other') AS Tenant,
               CASE WHEN c.type = ANY (@types) THEN c.type ELSE 'other' END AS Type,
        """;

    // A scan of the table: no index knows all types, and one more would cost every enqueue.
    private const string Enqueued = $"""
        {Labels} sum(c.jobs)::bigint AS Jobs
          FROM (SELECT tenant_id, type, count(*) AS jobs FROM jobs GROUP BY tenant_id, type
                UNION ALL SELECT tenant_id, type, jobs FROM jobs_removed) c
          LEFT JOIN named n USING (tenant_id) GROUP BY 1, 2
        """;

    // One branch for each partial index: what has ended well is not read.
    private const string Now = $"""
        {Labels} sum(c.running)::bigint AS Running, sum(c.due)::bigint AS Due, sum(c.later)::bigint AS Later,
               sum(c.dead)::bigint AS DeadLetter, max(c.oldest)::float8 AS OldestSeconds
          FROM (SELECT tenant_id, type, 0 AS running, count(*) FILTER (WHERE scheduled_at <= now()) AS due,
                       count(*) FILTER (WHERE scheduled_at > now()) AS later, 0 AS dead,
                       greatest(extract(epoch FROM now() - min(scheduled_at)), 0) AS oldest
                  FROM jobs WHERE status = 'QUEUED' GROUP BY tenant_id, type
                UNION ALL SELECT tenant_id, type, count(*), 0, 0, 0, 0
                  FROM jobs WHERE status = 'RUNNING' GROUP BY tenant_id, type
                UNION ALL SELECT tenant_id, type, 0, 0, 0, count(*), 0
                  FROM jobs WHERE status = 'DEAD_LETTER' GROUP BY tenant_id, type) c
          LEFT JOIN named n USING (tenant_id) GROUP BY 1, 2
        """;

    /// <summary>Takes as long as a table of any size needs.</summary>
    public async Task<JobTotal[]> EnqueuedAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(new("SET LOCAL statement_timeout = '10min'", cancellationToken: ct));
        return
        [
            .. await connection.QueryAsync<JobTotal>(
                new(Enqueued, Values, commandTimeout: 600, cancellationToken: ct)),
        ];
    }

    public async Task<JobsNow[]> NowAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return [.. await connection.QueryAsync<JobsNow>(new(Now, Values, cancellationToken: ct))];
    }

    private object Values => new { tenants = settings.Metrics.Tenants, types = handlers.Types };
}
