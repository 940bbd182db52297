using System.Runtime.InteropServices;
using Bpc.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bpc.Grains.Jobs.Claiming;

/// <summary>The statements that find lanes and claim jobs from them (docs/jobs.md).</summary>
internal sealed class ClaimStore(
    [FromKeyedServices(ClaimStore.Connections)] NpgsqlDataSource db, BpcSettings settings, ILocalSiloDetails silo)
{
    /// <summary>The key of the connections claims are made on.</summary>
    public const string Connections = "claims";

    /// <summary>True in SQL where a row of job_pauses applies to the lane.</summary>
    private const string Paused = """
        EXISTS (SELECT FROM job_pauses p WHERE (p.tenant_id IS NULL OR p.tenant_id = j.tenant_id)
                                           AND (p.type IS NULL OR p.type = j.type))
        """;

    // From each lane's first row one hop of the index leads to the next lane, so it costs some microseconds a lane and
    // nothing a job. Due jobs are counted lane by lane until there are as many as was asked. Running ones are counted
    // from now on: before it lie all that ended since somebody's old snapshot, and leases that the next rescue takes.
    private const string Find = $"""
        WITH RECURSIVE lane AS (
            SELECT '00000000-0000-0000-0000-000000000000'::uuid AS tenant_id, '' AS type, -1 AS priority, 0 AS rescues,
                   NULL::timestamptz AS due, NULL::uuid AS head, false AS runnable, 0::bigint AS counted
             UNION ALL
            SELECT next.*, lane.counted + (SELECT count(*) FROM (
                       SELECT FROM jobs
                        WHERE status = 'QUEUED' AND tenant_id = next.tenant_id AND type = next.type
                          AND priority = next.priority AND rescues = next.rescues
                          AND (scheduled_at, job_id) >= (next.due, next.head) AND scheduled_at <= now()
                        ORDER BY scheduled_at, job_id
                        LIMIT CASE WHEN next.runnable THEN greatest($2 - lane.counted, 0) ELSE 0 END) ready)
              FROM lane CROSS JOIN LATERAL (
                   SELECT j.tenant_id, j.type, j.priority, j.rescues, j.scheduled_at, j.job_id,
                          j.type = ANY ($1) AND NOT {Paused}
                     FROM jobs j
                    WHERE j.status = 'QUEUED' AND (j.tenant_id, j.type, j.priority, j.rescues)
                          > (lane.tenant_id, lane.type, lane.priority, lane.rescues)
                    ORDER BY j.tenant_id, j.type, j.priority, j.rescues, j.scheduled_at, j.job_id LIMIT 1)
                   AS next (tenant_id, type, priority, rescues, due, head, runnable))
        SELECT lane.tenant_id, lane.type, lane.priority, lane.rescues, coalesce(w.weight, 1),
               EXISTS (SELECT FROM job_limits l WHERE (l.tenant_id IS NULL OR l.tenant_id = lane.tenant_id)
                                                  AND (l.type IS NULL OR l.type = lane.type)),
               (extract(epoch FROM lane.due - now()) * 1000)::bigint, lane.counted,
               (SELECT count(*) FROM (
                    SELECT FROM jobs WHERE status = 'RUNNING' AND lease_expires_at > now()
                     ORDER BY lease_expires_at LIMIT $2) running),
               lane.due, lane.head
          FROM lane LEFT JOIN job_weights w USING (tenant_id)
         WHERE lane.runnable
        """;

    // A lane is read from its first row on, as it was found: before it may lie thousands of rows that were claimed
    // since somebody's old snapshot, which no vacuum can remove and every claim would walk over.
    // place: the jobs each tenant would start next, over all its lanes: oldest first, where a step of priority counts
    // as so much waiting, so that nothing starves. share: how many of them lie in which lane. Only those are locked.
    // ANY (ARRAY (…)) keeps the plan on the primary key; a joined CTE scans the table. Paused is asked once more: the
    // lanes were found a moment ago, and a pause holds from its commit on. An operator's reset (attempts = 0) makes a
    // job that lost leases as good as new. least (…): a number somebody typed must not stop the claims of all others.
    private const string Take = $"""
        WITH place AS MATERIALIZED (
            SELECT lane.tenant_id, lane.type, lane.priority, lane.rescues, lane.due, lane.head, lane.quota,
                   row_number() OVER (PARTITION BY lane.tenant_id
                       ORDER BY waits.scheduled_at + lane.priority * $5 * interval '1 millisecond', waits.job_id) AS n
              FROM unnest($1, $2, $3, $12, $10, $11, $4, $6)
                   AS lane (tenant_id, type, priority, rescues, due, head, quota, most)
             CROSS JOIN LATERAL (
                   SELECT j.scheduled_at, j.job_id FROM jobs j
                    WHERE j.status = 'QUEUED' AND j.tenant_id = lane.tenant_id AND j.type = lane.type
                      AND j.priority = lane.priority AND j.rescues = lane.rescues
                      AND (j.scheduled_at, j.job_id) >= (lane.due, lane.head) AND j.scheduled_at <= now()
                    ORDER BY j.scheduled_at, j.job_id LIMIT lane.most) waits),
        share AS MATERIALIZED (
            SELECT j.tenant_id, j.type, j.priority, j.rescues, j.due, j.head, count(*) AS most FROM place j
             WHERE j.n <= j.quota AND NOT {Paused}
             GROUP BY j.tenant_id, j.type, j.priority, j.rescues, j.due, j.head)
        UPDATE jobs j SET
               status = 'RUNNING', attempts = least(j.attempts, 2147483646) + 1,
               lease_epoch = least(j.lease_epoch, 9223372036854775806) + 1,
               rescues = least(j.rescues, j.attempts), started_at = now(), completed_at = NULL,
               lease_owner = $7, lease_silo = $8, lease_expires_at = clock_timestamp() + $9 * interval '1 millisecond'
         WHERE job_id = ANY (ARRAY (
               SELECT taken.job_id FROM share CROSS JOIN LATERAL (
                      SELECT job_id FROM jobs
                       WHERE status = 'QUEUED' AND tenant_id = share.tenant_id AND type = share.type
                         AND priority = share.priority AND rescues = share.rescues
                         AND (scheduled_at, job_id) >= (share.due, share.head) AND scheduled_at <= now()
                       ORDER BY scheduled_at, job_id LIMIT share.most FOR UPDATE SKIP LOCKED) taken))
        RETURNING j.job_id, j.tenant_id, j.type, j.attempts, j.max_attempts, j.lease_epoch, j.payload::text,
                  j.traceparent, j.rescues, j.correlation_id, j.priority, j.scheduled_at
        """;

    /// <summary>The lanes of these types that are not paused.</summary>
    /// <param name="countTo">How far ready and running jobs are counted.</param>
    public async Task<Lanes> FindAsync(string[] types, int countTo, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Find);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = types });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = countTo });
        var lanes = new List<Lane>();
        var (ready, running) = (0L, 0L);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            lanes.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4),
                reader.GetBoolean(5), TimeSpan.FromMilliseconds(reader.GetInt64(6)), reader.GetDateTime(9),
                reader.GetGuid(10)));
            (ready, running) = (Math.Max(ready, reader.GetInt64(7)), reader.GetInt64(8));
        }

        return new(lanes, ready, running);
    }

    /// <summary>Claims from the lanes, each tenant's best jobs first.</summary>
    public async Task<Claim> ClaimAsync(IReadOnlyList<LaneQuota> quotas, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        return await ClaimAsync(connection, quotas, ct);
    }

    /// <summary>The same in a transaction of the caller's.</summary>
    public async Task<Claim> ClaimAsync(
        NpgsqlConnection connection, IReadOnlyList<LaneQuota> quotas, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Take, connection);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Value<Guid[]>([.. quotas.Select(q => q.Lane.TenantId)]),
            Value<string[]>([.. quotas.Select(q => q.Lane.Type)]),
            Value<int[]>([.. quotas.Select(q => q.Lane.Priority)]),
            Value<int[]>([.. quotas.Select(q => q.Quota)]),
            Value((long)settings.Jobs.Ageing.TotalMilliseconds),
            Value<int[]>([.. quotas.Select(q => q.Most)]),
            Value(settings.WorkerId),
            Value(silo.SiloAddress.ToParsableString()),
            Value((long)settings.Jobs.Lease.TotalMilliseconds),
            Value<DateTime[]>([.. quotas.Select(q => q.Lane.Due)]),
            Value<Guid[]>([.. quotas.Select(q => q.Lane.Head)]),
            Value<int[]>([.. quotas.Select(q => q.Lane.Rescues)]),
        ]);
        var claimed = new List<ClaimedJob>();
        var last = new Dictionary<(Guid, string, int), (DateTime Due, Guid JobId)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var job = new ClaimedJob(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4),
                reader.GetInt64(5), reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.GetInt32(8), reader.IsDBNull(9) ? null : reader.GetString(9));
            claimed.Add(job);
            ref var lane = ref CollectionsMarshal.GetValueRefOrAddDefault(
                last, (job.TenantId, job.Type, reader.GetInt32(10)), out _);
            if ((reader.GetDateTime(11), job.JobId) is var row && row.CompareTo(lane) > 0)
            {
                lane = row;
            }
        }

        return new(claimed, last);
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
