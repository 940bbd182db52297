using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Grains.Jobs.Operating;

/// <summary>
/// What operators do to jobs, in one place: the API's grain runs these for its tenant, the command line for all (a null
/// TenantId). The fence keeps running claims out, whatever changes.
/// </summary>
public static class OperatorStatements
{
    private const string OfTenant = "(@TenantId::uuid IS NULL OR tenant_id = @TenantId)";

    private const string Requeue = """
        UPDATE jobs SET status = 'QUEUED', attempts = 0, rescues = 0, scheduled_at = now(), lease_owner = NULL,
               lease_expires_at = NULL, completed_at = NULL, last_error = NULL, result = NULL
        """;

    /// <summary>
    /// A job of TenantId, no earlier than ScheduledAt where that is not null; its id, or none where there is one of its
    /// type and IdempotencyKey.
    /// </summary>
    public const string Enqueue = """
        INSERT INTO jobs (job_id, tenant_id, type, payload, priority, scheduled_at, idempotency_key)
        VALUES (bpc_uuid7(), @TenantId, @Type, @Payload::jsonb, @Priority, coalesce(@ScheduledAt, now()),
                @IdempotencyKey)
        ON CONFLICT (tenant_id, type, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING RETURNING job_id
        """;

    /// <summary>JobId, whatever its state: queued again with a fresh budget.</summary>
    public const string Retry = $"{Requeue} WHERE job_id = @JobId AND {OfTenant}";

    // Tenant and status stand in the text: a plan for any of them uses neither jobs_failed nor jobs_recent, whose
    // order, backwards, is this one. Sorting is switched off before it, else each batch reads all there are.
    /// <summary>
    /// Some of those that have ended with the status, before Before, and match Type and ErrorCode, where null means
    /// any: no statement has the time for a million, so it is repeated until it finds fewer than
    /// <see cref="AtOnce"/>. Before is when the repeating began, so that what fails again meanwhile is not
    /// retried for ever. The status is never any: jobs that are done or called off run again only where somebody named
    /// them so.
    /// </summary>
    public static string RetryMany(Guid? tenantId, string status) => $"""
        {Requeue}
         WHERE job_id = ANY (ARRAY (
               SELECT job_id FROM jobs
                WHERE {(tenantId is null ? "true" : "tenant_id = @TenantId")} AND {EndedAs(status)}
                  AND (completed_at BETWEEN @Before::timestamptz AND now()) IS NOT TRUE
                  AND (@Type::text IS NULL OR type = @Type)
                  AND (@ErrorCode::text IS NULL OR last_error->>'error_code' = @ErrorCode)
                ORDER BY tenant_id DESC, created_at LIMIT 5000 FOR UPDATE SKIP LOCKED))
        """;

    private static string EndedAs(string status) => status switch
    {
        "DEAD_LETTER" => "status = 'DEAD_LETTER'",
        "FAILED" => "status = 'FAILED'",
        "SUCCEEDED" => "status = 'SUCCEEDED'",
        "CANCELLED" => "status = 'CANCELLED'",
        _ => "false", // what has not ended is not queued again
    };

    /// <summary>How many <see cref="RetryMany"/> and <see cref="CancelMany"/> take.</summary>
    public const int AtOnce = 5000;

    /// <summary>
    /// JobId, while QUEUED or RUNNING: the silo that runs it hears of it (sql/020_jobs_wake.sql).
    /// </summary>
    public const string Cancel = $"""
        UPDATE jobs SET status = 'CANCELLED', completed_at = now(), lease_expires_at = NULL
         WHERE job_id = @JobId AND {OfTenant} AND status IN ('QUEUED', 'RUNNING')
        """;

    /// <summary>
    /// Some of those that are QUEUED or RUNNING and match TenantId, Status, Type and ErrorCode, where null means any;
    /// repeated until it finds fewer than <see cref="AtOnce"/>. What is being committed is passed over, and done.
    /// </summary>
    public const string CancelMany = $"""
        UPDATE jobs SET status = 'CANCELLED', completed_at = now(), lease_expires_at = NULL
         WHERE job_id = ANY (ARRAY (
               SELECT job_id FROM jobs
                WHERE {OfTenant} AND status IN ('QUEUED', 'RUNNING') AND (@Status::text IS NULL OR status = @Status)
                  AND (@Type::text IS NULL OR type = @Type)
                  AND (@ErrorCode::text IS NULL OR last_error->>'error_code' = @ErrorCode)
                LIMIT 5000 FOR UPDATE SKIP LOCKED))
        """;

    /// <summary>JobId, while QUEUED: not before so many Seconds from now.</summary>
    public const string Snooze = $"""
        UPDATE jobs SET scheduled_at = now() + @Seconds * interval '1 second'
         WHERE job_id = @JobId AND {OfTenant} AND status = 'QUEUED'
        """;

    /// <summary>Type of the tenant, either of them null for all; pausing twice keeps the later Reason.</summary>
    public const string Pause = """
        INSERT INTO job_pauses (tenant_id, type, reason) VALUES (@TenantId, @Type, @Reason)
        ON CONFLICT (coalesce(tenant_id::text, ''), coalesce(type, '')) DO UPDATE SET reason = excluded.reason
        """;

    /// <summary>Takes back exactly the pause of this tenant and Type.</summary>
    public const string Resume = """
        DELETE FROM job_pauses
         WHERE tenant_id IS NOT DISTINCT FROM @TenantId::uuid AND type IS NOT DISTINCT FROM @Type::text
        """;

    /// <summary>
    /// MaxRunning at once and MaxPerMinute started, of this tenant and Type; either null for no such limit.
    /// </summary>
    public const string Limit = """
        INSERT INTO job_limits (tenant_id, type, max_running, max_per_minute)
        VALUES (@TenantId, @Type, @MaxRunning, @MaxPerMinute)
        ON CONFLICT (coalesce(tenant_id::text, ''), coalesce(type, ''))
        DO UPDATE SET max_running = excluded.max_running, max_per_minute = excluded.max_per_minute
        """;

    /// <summary>Takes back exactly the limits of this tenant and Type.</summary>
    public const string Unlimit = """
        DELETE FROM job_limits
         WHERE tenant_id IS NOT DISTINCT FROM @TenantId::uuid AND type IS NOT DISTINCT FROM @Type::text
        """;

    /// <summary>The tenant's own pauses, as <see cref="JobPause"/>.</summary>
    public const string Pauses = """
        SELECT type AS Type, reason AS Reason, created_at AS CreatedAt
          FROM job_pauses WHERE tenant_id = @TenantId ORDER BY type
        """;

    /// <summary>The tenant's own limits, as <see cref="JobLimit"/>.</summary>
    public const string Limits = """
        SELECT type AS Type, max_running AS MaxRunning, max_per_minute AS MaxPerMinute
          FROM job_limits WHERE tenant_id = @TenantId ORDER BY type
        """;

    /// <summary>Weight: the tenant's part of the cluster while others wait too.</summary>
    public const string Weigh = """
        INSERT INTO job_weights (tenant_id, weight) VALUES (@TenantId, @Weight)
        ON CONFLICT (tenant_id) DO UPDATE SET weight = excluded.weight
        """;

    /// <summary>
    /// A job of Type at each occurrence of Cron in TimeZone; of each tenant where TenantId is null. The tenant's
    /// schedule of that Name becomes this one, and goes on from now; one that is so already goes on as it does.
    /// </summary>
    public const string Schedule = """
        INSERT INTO job_schedules AS s (name, tenant_id, type, payload, priority, cron, time_zone, catch_up)
        VALUES (@Name, @TenantId, @Type, @Payload::jsonb, @Priority, @Cron, @TimeZone, @CatchUp)
        ON CONFLICT (tenant_id, name) DO UPDATE SET type = excluded.type, payload = excluded.payload,
               priority = excluded.priority, cron = excluded.cron, time_zone = excluded.time_zone,
               catch_up = excluded.catch_up, enabled = true, handled_to = now(), last_error = NULL
         WHERE (s.type, s.payload, s.priority, s.cron, s.time_zone, s.catch_up, s.enabled) IS DISTINCT FROM
               (excluded.type, excluded.payload, excluded.priority, excluded.cron, excluded.time_zone,
                excluded.catch_up, true)
        """;

    /// <summary>What <see cref="Schedule"/> asks for.</summary>
    internal static object Of(Guid? tenantId, JobSchedule schedule) => new
    {
        TenantId = tenantId,
        schedule.Name,
        schedule.Type,
        schedule.Payload,
        schedule.Priority,
        schedule.Cron,
        schedule.TimeZone,
        schedule.CatchUp,
    };

    /// <summary>The tenant's schedule of that Name: no more jobs by it; those it has queued stay.</summary>
    public const string Unschedule = """
        DELETE FROM job_schedules WHERE tenant_id IS NOT DISTINCT FROM @TenantId::uuid AND name = @Name
        """;
}
