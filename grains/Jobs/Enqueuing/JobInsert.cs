using Bpc.Grains.Jobs.Measuring;
using Npgsql;

namespace Bpc.Grains.Jobs.Enqueuing;

/// <summary>One INSERT of new jobs in a transaction, and what is to be done once that is committed.</summary>
internal sealed class JobInsert(JobInserts inserts, WakeSource source, IReadOnlyList<JobInsert.Row> rows) : IDisposable
{
    // Leased is what this silo has a slot for and no pause or limit applies to: what is limited is counted by claims
    // alone. That question stands here and not in a function of the database, which would plan it anew at each call.
    // A repeat under the same key inserts nothing and returns nothing.
    private const string Sql = """
        INSERT INTO jobs (job_id, tenant_id, type, payload, idempotency_key, traceparent, correlation_id, priority,
               scheduled_at, status, attempts, lease_epoch, started_at, lease_owner, lease_silo, lease_expires_at)
        SELECT job_id, tenant_id, type, payload::jsonb, idempotency_key, traceparent, correlation_id, priority,
               coalesce(scheduled_at, now()), CASE WHEN leased THEN 'RUNNING' ELSE 'QUEUED' END,
               leased::int, leased::int,
               CASE WHEN leased THEN clock_timestamp() END, CASE WHEN leased THEN $11 END,
               CASE WHEN leased THEN $12 END,
               CASE WHEN leased THEN clock_timestamp() + $13 * interval '1 millisecond' END
          FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS new (
               job_id, tenant_id, type, payload, idempotency_key, traceparent, correlation_id, priority, scheduled_at,
               reserved)
         CROSS JOIN LATERAL (SELECT reserved
               AND NOT EXISTS (SELECT FROM job_pauses p WHERE (p.tenant_id IS NULL OR p.tenant_id = new.tenant_id)
                                                          AND (p.type IS NULL OR p.type = new.type))
               AND NOT EXISTS (SELECT FROM job_limits l WHERE (l.tenant_id IS NULL OR l.tenant_id = new.tenant_id)
                                                          AND (l.type IS NULL OR l.type = new.type)) AS leased) free
            ON CONFLICT (tenant_id, type, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
        RETURNING job_id, status = 'RUNNING', max_attempts
        """;

    // Their max_attempts, which is the database's default; null where the job is queued.
    private readonly Dictionary<Guid, int?> _inserted = [];
    private int _reserved = rows.Count(row => row.Reserved);

    /// <summary>A job, and whether this silo keeps a slot for it.</summary>
    internal readonly record struct Row(NewJob Job, bool Reserved);

    /// <summary>
    /// First of all in the batch, so that its answer is what comes next; nothing where there is no job.
    /// </summary>
    public void AddTo(NpgsqlBatch batch)
    {
        if (rows.Count > 0)
        {
            batch.BatchCommands.Add(Command());
        }
    }

    /// <summary>
    /// Reads the insert's answer and passes over those of the rest of the batch, or meets their errors.
    /// </summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        _inserted.Clear();
        while (rows.Count > 0 && await reader.ReadAsync(ct))
        {
            _inserted[reader.GetGuid(0)] = reader.GetBoolean(1) ? reader.GetInt32(2) : null;
        }

        while (await reader.NextResultAsync(ct))
        {
        }
    }

    /// <summary>False: there was a job of the same key.</summary>
    public bool Has(Guid jobId) => _inserted.ContainsKey(jobId);

    /// <summary>The transaction is committed: what is leased starts, what is queued wakes the dispatcher.</summary>
    public void Committed()
    {
        foreach (var row in rows)
        {
            if (_inserted.GetValueOrDefault(row.Job.JobId) is { } maxAttempts)
            {
                _reserved--;
                inserts.Start(row.Job.Claimed(maxAttempts));
            }
        }

        if (_inserted.ContainsValue(null))
        {
            inserts.Queued(source);
        }
    }

    /// <summary>Gives back the slots of what was not leased after all.</summary>
    public void Dispose()
    {
        for (; _reserved > 0; _reserved--)
        {
            inserts.GiveSlotBack();
        }
    }

    private NpgsqlBatchCommand Command() => new(Sql)
    {
        Parameters =
        {
            Value<Guid[]>([.. rows.Select(r => r.Job.JobId)]),
            Value<Guid[]>([.. rows.Select(r => r.Job.TenantId)]),
            Value<string[]>([.. rows.Select(r => r.Job.Type)]),
            Value<string[]>([.. rows.Select(r => r.Job.Payload)]),
            Value<string?[]>([.. rows.Select(r => r.Job.IdempotencyKey)]),
            Value<string?[]>([.. rows.Select(r => r.Job.Cause.TraceParent)]),
            Value<string?[]>([.. rows.Select(r => r.Job.Cause.CorrelationId)]),
            Value<int[]>([.. rows.Select(r => r.Job.Priority)]),
            Value<DateTime?[]>([.. rows.Select(r => r.Job.ScheduledAt)]),
            Value<bool[]>([.. rows.Select(r => r.Reserved)]),
            Value(inserts.Worker),
            Value(inserts.Silo),
            Value((long)inserts.Lease.TotalMilliseconds),
        },
    };

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
