using Bpc.Gateway.Http;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Gateway.Queries;

/// <summary>Reads a tenant's jobs.</summary>
internal sealed class JobQueries(GatewayDatabase database)
{
    private const string Columns = """
        SELECT job_id, type, status, payload::text AS payload, priority, attempts, max_attempts, scheduled_at,
               created_at, started_at, completed_at, lease_owner, lease_expires_at, rescues,
               last_error::text AS last_error, idempotency_key, traceparent, correlation_id,
               result::text AS result,
               (SELECT jsonb_build_object(
                         'done', p.done, 'total', p.total, 'lines', p.lines, 'updated_at', p.updated_at)
                  FROM job_progress p WHERE p.job_id = jobs.job_id)::text AS progress
          FROM jobs
        """;

    public async Task<Page<JobRow>> JobsAsync(
        Guid tenantId, JobListFilter filter, PageRequest page, CancellationToken ct)
    {
        filter.Check();

        // created_at stands alone as well, so that the index can begin there.
        // A statement of its own for one call's jobs: a plan for any parameters would not use their index.
        var ofCall = filter.CorrelationId switch
        {
            null => "",
            { Length: <= 200 } => "AND correlation_id = @CorrelationId AND length(correlation_id) <= 200",
            _ => "AND correlation_id = @CorrelationId", // typed by an operator, and no row of the index
        };
        var sql = $"""
            {Columns}
             WHERE tenant_id = @tenantId {ofCall}
               AND (@Type::text IS NULL OR type = @Type)
               AND (@Status::text IS NULL OR status = @Status)
               AND (@ErrorCode::text IS NULL OR last_error ->> 'error_code' = @ErrorCode)
               AND (@after::text IS NULL OR created_at <= split_part(@after, '|', 1)::timestamptz
                    AND (created_at < split_part(@after, '|', 1)::timestamptz
                         OR job_id > split_part(@after, '|', 2)::uuid))
             ORDER BY created_at DESC, job_id LIMIT @fetch
            """;
        var parameters = new
        {
            tenantId,
            filter.Type,
            filter.Status,
            filter.ErrorCode,
            filter.CorrelationId,
            after = page.After("jobs"),
            fetch = page.Fetch,
        };
        return page.Cut(
            "jobs", await database.ListAsync<JobRow>(sql, parameters, ct), j => $"{j.CreatedAt:O}|{j.JobId}");
    }

    public async Task<JobControls> ControlsAsync(Guid tenantId, CancellationToken ct) => new(
        await database.ListAsync<JobPause>(
            "SELECT type, reason, created_at FROM job_pauses WHERE tenant_id = @tenantId ORDER BY type",
            new { tenantId }, ct),
        await database.ListAsync<JobLimit>(
            "SELECT type, max_running, max_per_minute FROM job_limits WHERE tenant_id = @tenantId ORDER BY type",
            new { tenantId }, ct));

    public async Task<Page<JobScheduleRow>> SchedulesAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT name, type, payload::text AS payload, priority, cron, time_zone, catch_up, enabled, last_error
              FROM job_schedules
             WHERE tenant_id = @tenantId AND (@after::text IS NULL OR name > @after) ORDER BY name LIMIT @fetch
            """;
        var rows = await database.ListAsync<JobScheduleRow>(
            sql, new { tenantId, after = page.After("job-schedules"), fetch = page.Fetch }, ct);
        return page.Cut("job-schedules", rows, row => row.Name);
    }

    public Task<JobRow?> JobAsync(Guid tenantId, Guid id, CancellationToken ct) => database.FindAsync<JobRow>(
        $"{Columns} WHERE tenant_id = @tenantId AND job_id = @id", new { tenantId, id }, ct);
}

internal sealed record JobRow(
    Guid JobId, string Type, string Status, RawJson Payload, int Priority, int Attempts, int MaxAttempts,
    DateTime ScheduledAt, DateTime CreatedAt, DateTime? StartedAt, DateTime? CompletedAt, string? LeaseOwner,
    DateTime? LeaseExpiresAt, int Rescues, RawJson? LastError, string? IdempotencyKey, string? Traceparent,
    string? CorrelationId, RawJson? Result, RawJson? Progress);

internal sealed record JobScheduleRow(
    string Name, string Type, RawJson Payload, int Priority, string Cron, string TimeZone, string CatchUp, bool Enabled,
    string? LastError);
