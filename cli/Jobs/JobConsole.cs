using Bpc.Core;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Operating;
using Bpc.Grains.Jobs.Scheduling;
using Dapper;
using Npgsql;

namespace Bpc.Cli.Jobs;

/// <summary>A job as an operator sees it.</summary>
internal sealed record JobRow(
    Guid JobId, string Tenant, string Type, string Status, int Attempts, int MaxAttempts, string? LeaseOwner,
    DateTime ScheduledAt, DateTime CreatedAt, string? ErrorCode, string? ErrorMessage);

/// <summary>A job beside the others that one call led to.</summary>
internal sealed record ChainedJob(
    Guid JobId, string Type, string Status, DateTime CreatedAt, DateTime? CompletedAt, string? ErrorCode);

/// <summary>A pause, limit, weight or schedule.</summary>
internal sealed record JobControl(string Control, string? Tenant, string? Type, string Value);

/// <summary>Which jobs; null means any.</summary>
internal sealed record JobQuery(string? Tenant, string? Status, string? Type, string? ErrorCode);

/// <summary>
/// An operator's statements on the jobs table: those of the quickstart, which silos respect while they run.
/// </summary>
internal sealed class JobConsole(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<JobRow>> ListAsync(JobQuery query, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT j.job_id AS JobId, t.slug AS Tenant, j.type AS Type, j.status AS Status, j.attempts AS Attempts,
                   j.max_attempts AS MaxAttempts, j.lease_owner AS LeaseOwner, j.scheduled_at AS ScheduledAt,
                   j.created_at AS CreatedAt, j.last_error->>'error_code' AS ErrorCode,
                   j.last_error->>'message' AS ErrorMessage
              FROM jobs j JOIN tenants t USING (tenant_id)
             WHERE (@tenantId::uuid IS NULL OR j.tenant_id = @tenantId)
               AND (@Status::text IS NULL OR j.status = @Status) AND (@Type::text IS NULL OR j.type = @Type)
               AND (@ErrorCode::text IS NULL OR j.last_error->>'error_code' = @ErrorCode)
             ORDER BY j.created_at DESC, j.job_id LIMIT @limit
            """;
        var tenantId = await TenantAsync(query.Tenant, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<JobRow>(new(
            sql, new { tenantId, query.Status, query.Type, query.ErrorCode, limit }, cancellationToken: ct));
        return rows.AsList();
    }

    /// <summary>The whole row as JSON, or null.</summary>
    public async Task<string?> ShowAsync(Guid jobId, CancellationToken ct)
    {
        const string sql = """
            SELECT (to_jsonb(j) || jsonb_build_object('progress', to_jsonb(p) - '{job_id,tenant_id}'::text[]))::text
              FROM jobs j LEFT JOIN job_progress p USING (job_id) WHERE job_id = @jobId
            """;
        return await ScalarAsync<string>(sql, new { jobId }, ct);
    }

    /// <summary>The jobs of one call, oldest first: those with this job's correlation id, else its trace.</summary>
    public async Task<IReadOnlyList<ChainedJob>> ChainAsync(Guid jobId, CancellationToken ct)
    {
        const string sql = """
            SELECT c.job_id AS JobId, c.type AS Type, c.status AS Status, c.created_at AS CreatedAt,
                   c.completed_at AS CompletedAt, c.last_error->>'error_code' AS ErrorCode
              FROM jobs j JOIN jobs c ON c.tenant_id = j.tenant_id
               AND (c.correlation_id = j.correlation_id
                    OR split_part(c.traceparent, '-', 2) = split_part(j.traceparent, '-', 2))
             WHERE j.job_id = @jobId
               AND c.created_at BETWEEN j.created_at - interval '1 day' AND j.created_at + interval '1 day'
             ORDER BY c.created_at, c.job_id LIMIT 200
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<ChainedJob>(new(sql, new { jobId }, cancellationToken: ct))).AsList();
    }

    /// <summary>Queues a job again, whatever its state, as the quickstart's statement does.</summary>
    public Task<int> RetryAsync(Guid jobId, CancellationToken ct) =>
        ExecuteAsync(OperatorStatements.Retry, new { TenantId = (Guid?)null, jobId }, ct);

    /// <summary>
    /// Queues every job of the filter again that has ended with its status, some thousand at a time: what is done stays
    /// done where the command is stopped.
    /// </summary>
    public async Task<int> RetryManyAsync(JobQuery query, CancellationToken ct)
    {
        var tenantId = await TenantAsync(query.Tenant, ct);
        var began = await ScalarAsync<DateTime>("SELECT now()", new { }, ct);
        var (total, some) = (0, 0);
        do
        {
            total += some = await ExecuteAsync(
                OperatorStatements.RetryMany,
                new { tenantId, query.Status, query.Type, query.ErrorCode, began }, ct);
        }
        while (some == OperatorStatements.RetriedAtOnce);
        return total;
    }

    /// <summary>A queued job never runs; a running one's handler is told to stop. Finished ones stay.</summary>
    public Task<int> CancelAsync(Guid jobId, CancellationToken ct) =>
        ExecuteAsync(OperatorStatements.Cancel, new { TenantId = (Guid?)null, jobId }, ct);

    /// <summary>A queued job waits that long from now.</summary>
    public Task<int> SnoozeAsync(Guid jobId, TimeSpan wait, CancellationToken ct) => ExecuteAsync(
        OperatorStatements.Snooze, new { TenantId = (Guid?)null, jobId, Seconds = (long)wait.TotalSeconds }, ct);

    public async Task<int> PauseAsync(string? tenant, string? type, string? reason, CancellationToken ct) =>
        await ExecuteAsync(
            OperatorStatements.Pause, new { TenantId = await TenantAsync(tenant, ct), type, reason }, ct);

    public async Task<int> ResumeAsync(string? tenant, string? type, CancellationToken ct) =>
        await ExecuteAsync(OperatorStatements.Resume, new { TenantId = await TenantAsync(tenant, ct), type }, ct);

    /// <summary>Both null take the limit back.</summary>
    public async Task<int> LimitAsync(
        string? tenant, string? type, int? maxRunning, int? maxPerMinute, CancellationToken ct) =>
        await ExecuteAsync(
            maxRunning is null && maxPerMinute is null ? OperatorStatements.Unlimit : OperatorStatements.Limit,
            new { TenantId = await TenantAsync(tenant, ct), type, maxRunning, maxPerMinute }, ct);

    public async Task<int> WeighAsync(string tenant, int weight, CancellationToken ct) =>
        await ExecuteAsync(OperatorStatements.Weigh, new { TenantId = await TenantAsync(tenant, ct), weight }, ct);

    /// <summary>
    /// The job's id; null where its key has one already. What no silo would ever start is VALIDATION_ERROR.
    /// </summary>
    public async Task<Guid?> EnqueueAsync(
        string tenant, JobRequest job, string? idempotencyKey, CancellationToken ct)
    {
        JobRequestInput.Check(job).ThrowIfWrong();
        return await ScalarAsync<Guid?>(
            OperatorStatements.Enqueue,
            new
            {
                TenantId = await TenantAsync(tenant, ct),
                job.Type,
                job.Payload,
                job.Priority,
                job.ScheduledAt,
                idempotencyKey,
            }, ct);
    }

    /// <summary>
    /// The tenant's schedule of that name becomes this one, or that of all tenants where none is named;
    /// VALIDATION_ERROR where it would never start a job.
    /// </summary>
    public async Task<int> ScheduleAsync(string? tenant, JobSchedule schedule, CancellationToken ct)
    {
        ScheduleInput.Check(schedule).ThrowIfWrong();
        return await ExecuteAsync(
            OperatorStatements.Schedule, OperatorStatements.Of(await TenantAsync(tenant, ct), schedule), ct);
    }

    public async Task<int> UnscheduleAsync(string? tenant, string name, CancellationToken ct) =>
        await ExecuteAsync(OperatorStatements.Unschedule, new { TenantId = await TenantAsync(tenant, ct), name }, ct);

    /// <summary>Everything that holds jobs back, prefers them or starts them by the clock.</summary>
    public async Task<IReadOnlyList<JobControl>> ControlsAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT control AS Control, t.slug AS Tenant, type AS Type, value AS Value FROM (
                   SELECT 1, 'pause', tenant_id, type, coalesce(reason, '') FROM job_pauses
             UNION ALL SELECT 2, 'limit', tenant_id, type, concat_ws(', ', max_running || ' at once',
                              max_per_minute || ' a minute') FROM job_limits
             UNION ALL SELECT 3, 'weight', tenant_id, NULL, weight::text FROM job_weights
             UNION ALL SELECT 4, 'schedule ' || name, tenant_id, type,
                              concat_ws(' ', cron, time_zone, CASE WHEN NOT enabled THEN '(off)' END, last_error)
                         FROM job_schedules) c (place, control, tenant_id, type, value)
              LEFT JOIN tenants t USING (tenant_id) ORDER BY place, control, t.slug, type
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<JobControl>(new(sql, cancellationToken: ct))).AsList();
    }

    private async Task<Guid?> TenantAsync(string? tenant, CancellationToken ct) => tenant is null ? null
        : await ScalarAsync<Guid?>(
            "SELECT tenant_id FROM tenants WHERE slug = @tenant OR tenant_id::text = @tenant", new { tenant }, ct)
        ?? throw new BpcException(BpcError.NotFound, $"there is no tenant {tenant}");

    private async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new(sql, parameters, cancellationToken: ct));
    }

    private async Task<T?> ScalarAsync<T>(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<T>(new(sql, parameters, cancellationToken: ct));
    }
}
