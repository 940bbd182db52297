using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bpc.Grains.Jobs.Committing;

/// <summary>
/// The statements that end jobs (docs/jobs.md). The database's clock decides; every end is fenced by its claim's epoch.
/// </summary>
internal sealed class JobEndStore(
    [FromKeyedServices(JobEndStore.Connections)] NpgsqlDataSource db, BpcSettings settings)
{
    /// <summary>The key of the connections jobs end on, and their leases are renewed on.</summary>
    public const string Connections = "commits";

    // The fence. status || '': no index matches it, or the planner walks the index of all leases instead of the primary
    // key. lease_owner stays with what has ended: operators count by it who did what.
    private const string End = """
        UPDATE jobs j SET
               status = m.status,
               attempts = CASE WHEN m.keeps_attempt THEN greatest(j.attempts - 1, 0) ELSE j.attempts END,
               scheduled_at = CASE WHEN m.status = 'QUEUED' THEN clock_timestamp() + m.delay * interval '1 millisecond'
                                   ELSE j.scheduled_at END,
               completed_at = CASE WHEN m.status = 'QUEUED' THEN NULL ELSE clock_timestamp() END,
               lease_owner = CASE WHEN m.status = 'QUEUED' THEN NULL ELSE j.lease_owner END,
               lease_expires_at = NULL,
               result = m.result::jsonb,
               last_error = CASE WHEN m.error IS NOT NULL
                                 THEN m.error::jsonb || jsonb_build_object('at', bpc_time(clock_timestamp()))
                                 WHEN m.status = 'QUEUED' THEN j.last_error END
          FROM unnest($1, $2, $3, $4, $5, $6, $7) AS m (job_id, epoch, status, result, error, delay, keeps_attempt)
         WHERE j.job_id = m.job_id AND j.status || '' = 'RUNNING' AND j.lease_owner = $8 AND j.lease_epoch = m.epoch
        RETURNING j.job_id, j.lease_epoch
        """;

    /// <summary>Ends jobs that wrote nothing else, in one statement; returns those whose fence held.</summary>
    public async Task<HashSet<ClaimId>> EndAsync(IReadOnlyList<(ClaimedJob Job, JobEnd End)> ends, CancellationToken ct)
    {
        await using var command = Command(End, EndValues(ends));
        return await ClaimId.ReadAllAsync(command, ct);
    }

    /// <summary>
    /// Ends jobs together with everything they wrote, in one transaction: all of it, or nothing and false where a fence
    /// did not hold.
    /// </summary>
    /// <exception cref="WriteRefusedException">A write changed another number of rows than it said.</exception>
    public async Task<bool> EndWithWritesAsync(
        IReadOnlyList<(ClaimedJob Job, JobEnd End)> ends, JobInsert next, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var fence = new NpgsqlBatchCommand(End);
        fence.Parameters.AddRange(EndValues(ends));
        batch.BatchCommands.Add(fence);
        next.AddTo(batch);
        var writes = new WriteBatch(ends.Select(e => e.End.Writes));
        writes.AddTo(batch);
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct);
            await next.ReadAsync(reader, ct);
        }

        if (fence.Rows != (ulong)ends.Count)
        {
            return false;
        }

        if (writes.Refused is var (write, changed))
        {
            throw new WriteRefusedException(write, changed);
        }

        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Of these jobs those whose rows nobody holds in an open transaction.</summary>
    public async Task<HashSet<ClaimId>> FreeAsync(IEnumerable<ClaimedJob> jobs, CancellationToken ct)
    {
        await using var command = Command(
            "SELECT job_id, lease_epoch FROM jobs WHERE job_id = ANY ($1) FOR NO KEY UPDATE SKIP LOCKED",
            Value<Guid[]>([.. jobs.Select(job => job.JobId)]));
        return await ClaimId.ReadAllAsync(command, ct);
    }

    /// <summary>
    /// Whether this claim's end stands in the row: asked when a connection broke at COMMIT. A rescue may leave the same
    /// status and epoch, and counts itself.
    /// </summary>
    public async Task<bool> HasEndedAsync(ClaimedJob job, JobEnd end, CancellationToken ct)
    {
        await using var command = Command(
            """
            SELECT 1 FROM jobs
             WHERE job_id = $1 AND lease_epoch = $2 AND status = $3 AND (lease_owner = $4 OR status = 'QUEUED')
               AND rescues = $5
            """,
            Value(job.JobId), Value(job.Epoch), Value(end.Status), Value(settings.WorkerId), Value(job.Rescues));
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    private NpgsqlParameter[] EndValues(IReadOnlyList<(ClaimedJob Job, JobEnd End)> ends) =>
    [
        Value<Guid[]>([.. ends.Select(e => e.Job.JobId)]),
        Value<long[]>([.. ends.Select(e => e.Job.Epoch)]),
        Value<string[]>([.. ends.Select(e => e.End.Status)]),
        Value<string?[]>([.. ends.Select(e => e.End.Result)]),
        Value<string?[]>([.. ends.Select(e => e.End.Error)]),
        Value<long[]>([.. ends.Select(e => (long)e.End.Delay.TotalMilliseconds)]),
        Value<bool[]>([.. ends.Select(e => e.End.KeepsAttempt)]),
        Value(settings.WorkerId),
    ];

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] values)
    {
        var command = db.CreateCommand(sql);
        command.Parameters.AddRange(values);
        return command;
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
