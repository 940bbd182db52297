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
    Guid JobId, string Type, string Status, DateTime? StartedAt, DateTime? CompletedAt, string? ErrorCode);

/// <summary>What asking for a job led to: a new one, or the one its key has already.</summary>
internal sealed record EnqueuedJob(Guid JobId, string Status, bool IsNew);

/// <summary>A pause, limit, weight or schedule; what the others have is null.</summary>
internal sealed record JobControl(
    string Control, string? Name, string? Tenant, string? Type, string? Reason, int? MaxRunning, int? MaxPerMinute,
    int? Weight, string? Cron, string? TimeZone, bool? Enabled, string? LastError);

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

    /// <summary>What holds a queued job back: its time, a pause of its tenant or type; null for neither.</summary>
    public async Task<string?> WaitsForAsync(Guid jobId, CancellationToken ct)
    {
        const string sql = """
            SELECT nullif(concat_ws('; ', CASE WHEN j.scheduled_at > now() THEN
                     'its time, ' || to_char(j.scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') END,
                   (SELECT 'a resume: it is paused' || coalesce(', ' || p.reason, '') FROM job_pauses p
                     WHERE coalesce(p.tenant_id, j.tenant_id) = j.tenant_id AND coalesce(p.type, j.type) = j.type
                     ORDER BY p.created_at LIMIT 1)), '')
              FROM jobs j WHERE j.job_id = @jobId AND j.status = 'QUEUED'
            """;
        return await ScalarAsync<string>(sql, new { jobId }, ct);
    }

    /// <summary>The jobs of one call, oldest first: those with this job's correlation id, else its trace.</summary>
    public async Task<IReadOnlyList<ChainedJob>> ChainAsync(Guid jobId, CancellationToken ct)
    {
        // Two halves: an OR would leave both without an index. Words longer than that are not in jobs_correlation.
        const string sql = """
            WITH j AS MATERIALIZED (
              SELECT tenant_id, correlation_id, split_part(traceparent, '-', 2) AS trace,
                     created_at - interval '1 day' AS earliest, created_at + interval '1 day' AS latest
                FROM jobs WHERE job_id = @jobId),
            chain AS (
              SELECT c.job_id FROM j JOIN jobs c USING (tenant_id)
               WHERE c.correlation_id = j.correlation_id AND length(c.correlation_id) <= 200
                 AND c.created_at BETWEEN j.earliest AND j.latest
               UNION ALL
              SELECT c.job_id FROM j JOIN jobs c USING (tenant_id)
               WHERE coalesce(length(j.correlation_id) > 200, true)
                 AND (j.correlation_id IS NULL AND split_part(c.traceparent, '-', 2) = j.trace
                      OR c.correlation_id = j.correlation_id)
                 AND c.created_at BETWEEN j.earliest AND j.latest)
            SELECT c.job_id AS JobId, c.type AS Type, c.status AS Status,
                   c.started_at AS StartedAt, c.completed_at AS CompletedAt, c.last_error->>'error_code' AS ErrorCode
              FROM chain JOIN jobs c USING (job_id) ORDER BY c.created_at, c.job_id LIMIT 200
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
        var before = await ScalarAsync<DateTime>("SELECT now()", new { }, ct);
        var statement = OperatorStatements.RetryMany(tenantId, query.Status!);
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new("SET enable_sort = off", cancellationToken: ct));
        var (total, some) = (0, 0);
        do
        {
            total += some = await connection.ExecuteAsync(new(
                statement, new { tenantId, query.Type, query.ErrorCode, before }, cancellationToken: ct));
        }
        while (some == OperatorStatements.AtOnce);
        return total;
    }

    /// <summary>Cancels every job of the filter that has not ended, some thousand at a time.</summary>
    public async Task<int> CancelManyAsync(JobQuery query, CancellationToken ct)
    {
        var tenantId = await TenantAsync(query.Tenant, ct);
        var (total, some) = (0, 0);
        do
        {
            total += some = await ExecuteAsync(
                OperatorStatements.CancelMany, new { tenantId, query.Status, query.Type, query.ErrorCode }, ct);
        }
        while (some == OperatorStatements.AtOnce);
        return total;
    }

    /// <summary>A queued job never runs; a running one's handler is told to stop. Finished ones stay.</summary>
    public Task<int> CancelAsync(Guid jobId, CancellationToken ct) =>
        ExecuteAsync(OperatorStatements.Cancel, new { TenantId = (Guid?)null, jobId }, ct);

    /// <summary>Null where there is no such job.</summary>
    public Task<string?> StatusAsync(Guid jobId, CancellationToken ct) =>
        ScalarAsync<string>("SELECT status FROM jobs WHERE job_id = @jobId", new { jobId }, ct);

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
    /// The job; the one there is where its key has one already. What no silo would ever start is VALIDATION_ERROR.
    /// </summary>
    public async Task<EnqueuedJob> EnqueueAsync(
        string tenant, JobRequest job, string? idempotencyKey, CancellationToken ct)
    {
        const string existing = """
            SELECT job_id AS JobId, status AS Status, false AS IsNew FROM jobs
             WHERE tenant_id = @TenantId AND type = @Type AND idempotency_key = @idempotencyKey
            """;
        JobRequestInput.Check(job).ThrowIfWrong();
        var parameters = new
        {
            TenantId = await TenantAsync(tenant, ct),
            job.Type,
            job.Payload,
            job.Priority,
            job.ScheduledAt,
            idempotencyKey,
        };
        await using var connection = await database.OpenConnectionAsync(ct);
        var queued = await connection.ExecuteScalarAsync<Guid?>(
            new(OperatorStatements.Enqueue, parameters, cancellationToken: ct));
        return queued is { } id
            ? new(id, "QUEUED", IsNew: true)
            : await connection.QuerySingleAsync<EnqueuedJob>(new(existing, parameters, cancellationToken: ct));
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
            SELECT c.control AS Control, c.name AS Name, t.slug AS Tenant, c.type AS Type, c.reason AS Reason,
                   c.max_running AS MaxRunning, c.max_per_minute AS MaxPerMinute, c.weight AS Weight, c.cron AS Cron,
                   c.time_zone AS TimeZone, c.enabled AS Enabled, c.last_error AS LastError
              FROM (SELECT 1 AS place, 'pause' AS control, NULL AS name, tenant_id, type, reason,
                           NULL::int AS max_running, NULL::int AS max_per_minute, NULL::int AS weight, NULL AS cron,
                           NULL AS time_zone, NULL::boolean AS enabled, NULL AS last_error FROM job_pauses
              UNION ALL SELECT 2, 'limit', NULL, tenant_id, type, NULL, max_running, max_per_minute, NULL, NULL, NULL,
                               NULL, NULL FROM job_limits
              UNION ALL SELECT 3, 'weight', NULL, tenant_id, NULL, NULL, NULL, NULL, weight, NULL, NULL, NULL, NULL
                          FROM job_weights
              UNION ALL SELECT 4, 'schedule', name, tenant_id, type, NULL, NULL, NULL, NULL, cron, time_zone, enabled,
                               last_error FROM job_schedules) c
              LEFT JOIN tenants t USING (tenant_id) ORDER BY place, name, t.slug, type
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
