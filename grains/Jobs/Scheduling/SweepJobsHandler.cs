using Bpc.Core.Canonical;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Operating;
using Npgsql;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>
/// SWEEP_JOBS: removes a tenant's jobs that ended more than BPC_RETENTION_JOBS_DAYS ago. In small batches, each
/// committed by itself: no statement holds locks or a snapshot for long, and an interrupted sweep goes on where it was.
/// </summary>
internal sealed class SweepJobsHandler(NpgsqlDataSource db, JobProgress progress, BpcSettings settings) : IJobHandler
{
    private const int Batch = 500;

    // By jobs_recent, oldest first. Rows somebody has locked wait for the next sweep.
    private const string Remove = """
        DELETE FROM jobs WHERE job_id = ANY (ARRAY (
               SELECT job_id FROM jobs
                WHERE tenant_id = $1 AND created_at < now() - $2 * interval '1 day'
                  AND coalesce(completed_at, created_at) < now() - $2 * interval '1 day'
                  AND status NOT IN ('QUEUED', 'RUNNING')
                ORDER BY created_at, job_id DESC LIMIT $3 FOR UPDATE SKIP LOCKED))
        """;

    public string Type => JobTypes.SweepJobs;

    public TimeSpan MaxRun => TimeSpan.FromHours(1);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var removed = 0L;
        if (settings.RetentionJobsDays is { } days)
        {
            var run = progress.Of(job);
            int batch;
            do
            {
                removed += batch = await RemoveAsync(job.TenantId, days, ct);
                await run.ReportAsync(removed, total: null, line: null, ct);
            }
            while (batch == Batch);
        }

        return new JobOutcome.Succeed(JsonValue.Object(("removed", removed)));
    }

    private async Task<int> RemoveAsync(Guid tenantId, int days, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Remove);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new NpgsqlParameter<Guid> { TypedValue = tenantId },
            new NpgsqlParameter<int> { TypedValue = days },
            new NpgsqlParameter<int> { TypedValue = Batch },
        ]);
        return await command.ExecuteNonQueryAsync(ct);
    }
}
