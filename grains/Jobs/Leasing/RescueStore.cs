using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Grains.Jobs.Leasing;

/// <summary>
/// The statements that take back jobs which no handler will end: lost leases, and types nobody knows.
/// </summary>
internal sealed class RescueStore(NpgsqlDataSource db, BpcSettings settings)
{
    /// <summary>A job that was taken back, and what it is now.</summary>
    public sealed record Rescued(Guid JobId, string Type, string Status);

    // What is lost and what is written are one statement: between two, the job may finish and the rescue would undo it.
    // Rows that are being committed are locked and passed over. attempts counts starts, so a job that kills its process
    // runs out of them too.
    private const string Rescue = """
        UPDATE jobs j SET
               status = CASE WHEN j.attempts >= j.max_attempts THEN 'DEAD_LETTER' ELSE 'QUEUED' END,
               rescues = least(j.rescues, 2147483646) + 1,
               lease_owner = CASE WHEN j.attempts >= j.max_attempts THEN j.lease_owner END,
               lease_expires_at = NULL,
               completed_at = CASE WHEN j.attempts >= j.max_attempts THEN clock_timestamp() END,
               last_error = jsonb_build_object(
                 'error_code', 'LEASE_EXPIRED', 'message', 'the worker stopped renewing its lease',
                 'disposition', 'retry', 'attempt', j.attempts, 'worker_id', j.lease_owner,
                 'at', bpc_time(clock_timestamp()))
        """;

    // A NULL lease is one an operator typed, and one that ends after more than a day (an hour is the longest that can
    // be set) was typed too, or written while the clock was ahead: they count as expired, or the row would run on.
    private const string Expired = Rescue + """

         WHERE j.job_id = ANY (ARRAY (
               SELECT job_id FROM jobs
                WHERE status = 'RUNNING' AND (lease_expires_at <= now() OR lease_expires_at IS NULL
                                              OR lease_expires_at > now() + interval '1 day')
                LIMIT 500 FOR UPDATE SKIP LOCKED))
        RETURNING j.job_id, j.type, j.status
        """;

    // By lease_silo, never by lease_owner: worker-1 may already be back as another silo.
    private const string OfSilo = Rescue + """

         WHERE j.job_id = ANY (ARRAY (
               SELECT job_id FROM jobs WHERE status = 'RUNNING' AND lease_silo = $1 FOR UPDATE SKIP LOCKED))
        RETURNING j.job_id, j.type, j.status
        """;

    // Only after a lease's time: a silo of a newer build may be about to start. The types are found by one hop each
    // through jobs_lanes, as lanes are: a queue of a million jobs of known types is not walked.
    internal const string Unknown = """
        WITH RECURSIVE pair AS (
            SELECT '00000000-0000-0000-0000-000000000000'::uuid AS tenant_id, '' AS type
             UNION ALL
            SELECT next.tenant_id, next.type FROM pair CROSS JOIN LATERAL (
                   SELECT tenant_id, type FROM jobs
                    WHERE status = 'QUEUED' AND (tenant_id, type) > (pair.tenant_id, pair.type)
                    ORDER BY tenant_id, type LIMIT 1) next)
        UPDATE jobs j SET status = 'FAILED', completed_at = clock_timestamp(),
               last_error = jsonb_build_object(
                 'error_code', 'UNSUPPORTED_JOB_TYPE', 'message', 'no live worker knows the job type ' || j.type,
                 'disposition', 'fail', 'attempt', j.attempts, 'worker_id', $3, 'at', bpc_time(clock_timestamp()))
         WHERE j.job_id = ANY (ARRAY (
               SELECT lost.job_id FROM pair CROSS JOIN LATERAL (
                      SELECT job_id FROM jobs
                       WHERE status = 'QUEUED' AND tenant_id = pair.tenant_id AND type = pair.type
                         AND scheduled_at <= now() - $2 * interval '1 millisecond'
                       LIMIT 500 FOR UPDATE SKIP LOCKED) lost
                WHERE pair.type <> ALL ($1) LIMIT 500))
        RETURNING j.job_id, j.type, j.status
        """;

    /// <summary>Queues again what has lost its lease, or ends it as DEAD_LETTER where no attempt is left.</summary>
    public Task<List<Rescued>> RescueExpiredAsync(CancellationToken ct) => RunAsync(Expired, [], ct);

    /// <summary>The same for everything a dead silo held, whatever its leases say.</summary>
    public Task<List<Rescued>> RescueSiloAsync(string silo, CancellationToken ct) =>
        RunAsync(OfSilo, [new NpgsqlParameter<string> { TypedValue = silo }], ct);

    /// <summary>Whether any job still runs in the silo's name.</summary>
    public async Task<bool> HoldsJobsAsync(string silo, CancellationToken ct)
    {
        await using var command = db.CreateCommand(
            "SELECT EXISTS (SELECT FROM jobs WHERE status = 'RUNNING' AND lease_silo = $1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = silo });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>FAILED, for jobs of a type that is none of these.</summary>
    public Task<List<Rescued>> FailUnknownTypesAsync(string[] knownTypes, CancellationToken ct) =>
        RunAsync(Unknown, [
            new NpgsqlParameter<string[]> { TypedValue = knownTypes },
            new NpgsqlParameter<long> { TypedValue = (long)settings.Jobs.Lease.TotalMilliseconds },
            new NpgsqlParameter<string> { TypedValue = settings.WorkerId }], ct);

    private async Task<List<Rescued>> RunAsync(string sql, NpgsqlParameter[] values, CancellationToken ct)
    {
        await using var command = db.CreateCommand(sql);
        command.Parameters.AddRange(values);
        var rescued = new List<Rescued>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rescued.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2)));
        }

        return rescued;
    }
}
