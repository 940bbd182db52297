using Bpc.Core;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Jobs.Operating;

/// <summary>
/// Lets a handler say how far it is; a word of its own to operators, never part of the job's effects.
/// </summary>
public sealed class JobProgress(NpgsqlDataSource db, TimeProvider clock)
{
    public RunProgress Of(ClaimedJob job) => new(job, db, clock);
}

/// <summary>The progress of one run of one job.</summary>
public sealed class RunProgress(ClaimedJob job, NpgsqlDataSource db, TimeProvider clock)
{
    private const int MaxLine = 200;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Under the fence: who lost the lease says nothing more. Another claim's lines make way for this one's.
    private const string Report = """
        INSERT INTO job_progress AS p (job_id, tenant_id, lease_epoch, done, total, lines, updated_at)
        SELECT job_id, tenant_id, lease_epoch, @done, @total, ARRAY (
                 SELECT bpc_time(clock_timestamp()) || ' ' || @line WHERE @line::text IS NOT NULL), clock_timestamp()
          FROM jobs WHERE job_id = @JobId AND lease_epoch = @Epoch AND status || '' = 'RUNNING'
        ON CONFLICT (job_id) DO UPDATE SET
               lease_epoch = excluded.lease_epoch, done = excluded.done, total = excluded.total,
               updated_at = excluded.updated_at,
               lines = CASE WHEN p.lease_epoch = excluded.lease_epoch
                            THEN (p.lines || excluded.lines)[greatest(1, cardinality(p.lines || excluded.lines) - 19):]
                            ELSE excluded.lines END
        """;

    private long _reportedAt;

    /// <summary>
    /// So much is done, of so much where that is known; a line is kept among the last twenty. Without a line it is
    /// written at most once a second.
    /// </summary>
    public async Task ReportAsync(long done, long? total, string? line, CancellationToken ct)
    {
        if (line is null && _reportedAt != 0 && clock.GetElapsedTime(_reportedAt) < s_pause)
        {
            return;
        }

        _reportedAt = clock.GetTimestamp();
        line = line is null ? null : ShortText.Storable(ShortText.Of(line, MaxLine));
        await using var connection = await db.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(
            new(Report, new { job.JobId, job.Epoch, done, total, line }, cancellationToken: ct));
    }
}
