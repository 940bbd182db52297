using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs;

/// <summary>The quickstart's SQL, word for word but for a real tenant and job id, while silos work.</summary>
[Trait("Category", "Integration")]
public sealed class QuickstartSqlTests(PostgresServer postgres)
{
    private const string Insert100 = """
        INSERT INTO jobs (job_id, tenant_id, type, status, payload, priority)
        SELECT
          gen_random_uuid(),
          'tenant-uuid',
          'PARSE_FACTS',
          'QUEUED',
          jsonb_build_object('document_version_id', gen_random_uuid()::text),
          2
        FROM generate_series(1, 100);
        """;

    private static readonly string[] s_queries =
    [
        """
        SELECT lease_owner, status, COUNT(*)
        FROM jobs
        WHERE tenant_id = 'tenant-uuid'
        GROUP BY lease_owner, status
        ORDER BY lease_owner, status;
        """,
        """
        SELECT job_id, type, status, attempts, scheduled_at, lease_owner, created_at
        FROM jobs
        WHERE tenant_id = 'tenant-uuid'
        ORDER BY created_at DESC
        LIMIT 20;
        """,
        """
        SELECT status, COUNT(*)
        FROM jobs
        WHERE tenant_id = 'tenant-uuid'
        GROUP BY status;
        """,
        """
        SELECT job_id, type, lease_owner, lease_expires_at, started_at
        FROM jobs
        WHERE status = 'RUNNING'
        AND tenant_id = 'tenant-uuid'
        ORDER BY started_at;
        """,
        """
        SELECT job_id, type, attempts, last_error
        FROM jobs
        WHERE status = 'DEAD_LETTER'
        AND tenant_id = 'tenant-uuid'
        ORDER BY created_at DESC;
        """,
        """
        SELECT job_id, type, last_error->>'error_code' AS error_code, last_error->>'message' AS message
        FROM jobs
        WHERE status = 'FAILED'
        AND tenant_id = 'tenant-uuid'
        ORDER BY created_at DESC;
        """,
        """
        SELECT job_id, type, status, scheduled_at, lease_expires_at
        FROM jobs
        WHERE status = 'QUEUED'
        AND scheduled_at <= now()
        AND (lease_expires_at IS NULL OR lease_expires_at < now())
        AND tenant_id = 'tenant-uuid'
        ORDER BY priority, scheduled_at
        LIMIT 5;
        """,
        """
        SELECT job_id, type, lease_owner, lease_expires_at, started_at
        FROM jobs
        WHERE status = 'RUNNING'
        AND lease_expires_at < now()  -- Lease expired
        AND tenant_id = 'tenant-uuid';
        """,
        """
        SELECT job_id, type, attempts, last_error
        FROM jobs
        WHERE status = 'QUEUED'
        AND attempts > 0
        AND tenant_id = 'tenant-uuid'
        ORDER BY attempts DESC;
        """,
        """
        SELECT
          last_error->>'error_code' AS error_code,
          COUNT(*) AS count
        FROM jobs
        WHERE status = 'DEAD_LETTER'
        AND tenant_id = 'tenant-uuid'
        GROUP BY error_code
        ORDER BY count DESC;
        """,
        """
        SELECT
          webhook_deliveries.webhook_delivery_id,
          webhook_endpoints.url,
          webhook_deliveries.http_status,
          webhook_deliveries.error_message
        FROM webhook_deliveries
        JOIN webhook_endpoints USING (webhook_endpoint_id)
        WHERE webhook_deliveries.status = 'FAILED'
        AND webhook_deliveries.tenant_id = 'tenant-uuid'
        ORDER BY webhook_deliveries.created_at DESC;
        """,
        "SELECT status, COUNT(*) FROM jobs WHERE tenant_id = 'tenant-uuid' GROUP BY status;",
        "SELECT job_id, type, status, attempts FROM jobs WHERE tenant_id = 'tenant-uuid' ORDER BY created_at DESC "
            + "LIMIT 20;",
        "SELECT job_id, type, last_error FROM jobs WHERE status = 'DEAD_LETTER' AND tenant_id = 'tenant-uuid';",
    ];

    /// <summary>
    /// Each queues again what it finds; the id is that of a job as the quickstart's comment says it is.
    /// </summary>
    public static TheoryData<string, string> Recoveries => new()
    {
        {
            "DEAD_LETTER",
            """
            UPDATE jobs
            SET status = 'QUEUED',
                attempts = 0,
                scheduled_at = now(),
                lease_owner = NULL,
                lease_expires_at = NULL,
                last_error = NULL
            WHERE job_id = 'job-uuid';
            """
        },
        {
            "DEAD_LETTER",
            """
            UPDATE jobs
            SET status = 'QUEUED',
                attempts = 0,
                scheduled_at = now(),
                lease_owner = NULL,
                lease_expires_at = NULL
            WHERE status = 'DEAD_LETTER'
            AND tenant_id = 'tenant-uuid';
            """
        },
        {
            "DEAD_LETTER",
            """
            UPDATE jobs
            SET status = 'QUEUED',
                attempts = 0,
                scheduled_at = now(),
                lease_owner = NULL,
                lease_expires_at = NULL
            WHERE status = 'DEAD_LETTER'
            AND type = 'DELIVER_WEBHOOK'
            AND tenant_id = 'tenant-uuid';
            """
        },
        {
            "RUNNING",
            """
            UPDATE jobs
            SET status = 'QUEUED',
                lease_owner = NULL,
                lease_expires_at = NULL,
                scheduled_at = now()
            WHERE job_id = 'job-uuid';
            """
        },
        {
            "FAILED",
            """
            UPDATE jobs
            SET status = 'QUEUED',
                attempts = 0,
                scheduled_at = now()
            WHERE job_id = 'job-uuid';
            """
        },
        {
            "DEAD_LETTER",
            "UPDATE jobs SET status = 'QUEUED', attempts = 0 WHERE type = 'DELIVER_WEBHOOK' AND status = 'DEAD_LETTER';"
        },
        {
            "SUCCEEDED",
            "UPDATE jobs SET status = 'QUEUED', attempts = 0, scheduled_at = now() WHERE job_id = 'job-uuid';"
        },
    };

    [Fact]
    public async Task A_hundred_jobs_by_plain_SQL_succeed_while_every_monitoring_query_answers()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var cluster = await JobCluster.StartAsync(database, new(), [], silos: 3);

        await database.ExecuteAsync(Insert100.Replace("tenant-uuid", $"{tenant}", StringComparison.Ordinal));
        foreach (var query in s_queries)
        {
            await database.ExecuteAsync(query.Replace("tenant-uuid", $"{tenant}", StringComparison.Ordinal));
        }

        await database.UntilAsync("SUCCEEDED", 100);
        Assert.Equal(100L, await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM jobs
             WHERE lease_owner LIKE 'worker-_' AND lease_expires_at IS NULL AND result ? 'skipped'
            """));
    }

    [Theory]
    [MemberData(nameof(Recoveries))]
    public async Task A_job_that_an_operator_queues_again_runs_again(string status, string sql)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var job = Guid.CreateVersion7();
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (job_id, tenant_id, type, status, attempts, lease_owner, lease_epoch, lease_expires_at,
                              completed_at, last_error)
            VALUES ($1, $2, 'DELIVER_WEBHOOK', $3, 5, 'worker-9', 5, now() + interval '1 hour',
                    now(), '{"error_code": "WEBHOOK_FAILED"}')
            """,
            job, tenant, status);
        await using var cluster = await JobCluster.StartAsync(database, new(), []);

        var real = sql.Replace("tenant-uuid", $"{tenant}", StringComparison.Ordinal)
            .Replace("job-uuid", $"{job}", StringComparison.Ordinal);
        Assert.Equal(1, await database.ExecuteAsync(real));

        // It ran under a new epoch, and failed for good: such a payload names no delivery.
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(
                """
                SELECT lease_epoch FROM jobs
                 WHERE status = 'FAILED' AND last_error->>'error_code' = 'JOB_PAYLOAD_INVALID'
                """) == 6,
            "the job has run again");
    }
}
