using System.Globalization;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>A row of job_schedules, and the database's time.</summary>
internal sealed record Schedule(
    string Name, Guid? TenantId, string Type, string Payload, int Priority, string Cron, string TimeZone,
    string CatchUp, DateTime HandledTo, DateTime Now);

/// <summary>The statements of schedules.</summary>
internal sealed class ScheduleStore(NpgsqlDataSource db)
{
    public async Task<IReadOnlyList<Schedule>> ReadAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT name AS Name, tenant_id AS TenantId, type AS Type, payload::text AS Payload, priority AS Priority,
                   cron AS Cron, time_zone AS TimeZone, catch_up AS CatchUp, handled_to AS HandledTo,
                   now() AS Now
              FROM job_schedules WHERE enabled
            """;
        await using var connection = await db.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Schedule>(new(sql, cancellationToken: ct))).AsList();
    }

    /// <summary>
    /// Queues the occurrences and moves the schedule on, as one; false where another silo has, or an operator changed
    /// it in between or is about to: a locked row is not waited for. Were it done twice all the same, the keys would
    /// make one job of two.
    /// </summary>
    public async Task<bool> QueueAsync(Schedule schedule, Occurrences occurrences, CancellationToken ct)
    {
        const string move = """
            UPDATE job_schedules SET handled_to = @to, last_error = NULL
             WHERE ctid = (SELECT ctid FROM job_schedules
                            WHERE tenant_id IS NOT DISTINCT FROM @TenantId::uuid AND name = @Name AND cron = @Cron
                              AND time_zone = @TimeZone AND handled_to = @HandledTo AND enabled
                              FOR UPDATE SKIP LOCKED)
            """;
        const string queue = """
            INSERT INTO jobs (job_id, tenant_id, type, payload, priority, scheduled_at, idempotency_key)
            SELECT bpc_uuid7(), tenant_id, @Type, @Payload::jsonb, @Priority, @at, @key
              FROM tenants WHERE @TenantId::uuid IS NULL OR tenant_id = @TenantId
            ON CONFLICT (tenant_id, type, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
            """;
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var moved = await connection.ExecuteAsync(new(
            move,
            new
            {
                schedule.TenantId,
                schedule.Name,
                schedule.Cron,
                schedule.TimeZone,
                schedule.HandledTo,
                to = occurrences.HandledTo,
            },
            cancellationToken: ct));
        var source = schedule.TenantId is null ? "schedule" : "schedule:own"; // of two by one name each has its job
        foreach (var at in moved == 1 ? occurrences.Due : [])
        {
            var key = string.Create(
                CultureInfo.InvariantCulture, $"{source}:{schedule.Name}:{at:yyyy-MM-ddTHH:mm:ss}Z");
            await connection.ExecuteAsync(new(
                queue,
                new { schedule.TenantId, schedule.Type, schedule.Payload, schedule.Priority, at, key },
                cancellationToken: ct));
        }

        await transaction.CommitAsync(ct);
        return moved == 1;
    }

    /// <summary>Says in the row why it cannot be read; true where that is news.</summary>
    public async Task<bool> RefuseAsync(Schedule schedule, string reason, CancellationToken ct)
    {
        const string sql = """
            UPDATE job_schedules SET last_error = @reason
             WHERE ctid = (SELECT ctid FROM job_schedules
                            WHERE tenant_id IS NOT DISTINCT FROM @TenantId::uuid AND name = @Name
                              AND last_error IS DISTINCT FROM @reason FOR UPDATE SKIP LOCKED)
            """;
        await using var connection = await db.OpenConnectionAsync(ct);
        var values = new { schedule.TenantId, schedule.Name, reason };
        return await connection.ExecuteAsync(new(sql, values, cancellationToken: ct)) == 1;
    }

    /// <summary>
    /// Makes a schedule for all tenants, unless they have one of this name: an operator may have changed it.
    /// </summary>
    public async Task AddAsync(string name, string type, string cron, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO job_schedules (name, type, cron, priority) VALUES (@name, @type, @cron, 3)
            ON CONFLICT (tenant_id, name) DO NOTHING
            """;
        await using var connection = await db.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(sql, new { name, type, cron }, cancellationToken: ct));
    }
}
