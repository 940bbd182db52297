using Dapper;
using Npgsql;

namespace Bpc.Cli.Jobs;

/// <summary>A job as an operator sees it.</summary>
internal sealed record JobRow(
    Guid JobId, string Tenant, string Type, string Status, int Attempts, int MaxAttempts, string? LeaseOwner,
    DateTime ScheduledAt, DateTime CreatedAt, string? ErrorCode, string? ErrorMessage);

/// <summary>Which jobs; null means any.</summary>
internal sealed record JobQuery(string? Tenant, string? Status, string? Type, string? ErrorCode)
{
    public bool IsEmpty => this is { Tenant: null, Status: null, Type: null, ErrorCode: null };
}

/// <summary>
/// An operator's statements on the jobs table: those of the quickstart, which silos respect while they run.
/// </summary>
internal sealed class JobConsole(NpgsqlDataSource database)
{
    private const string Matches = """
        (@Tenant::text IS NULL OR t.slug = @Tenant OR t.tenant_id::text = @Tenant)
        AND (@Status::text IS NULL OR j.status = @Status) AND (@Type::text IS NULL OR j.type = @Type)
        AND (@ErrorCode::text IS NULL OR j.last_error->>'error_code' = @ErrorCode)
        """;

    public async Task<IReadOnlyList<JobRow>> ListAsync(JobQuery query, int limit, CancellationToken ct)
    {
        const string sql = $"""
            SELECT j.job_id AS JobId, t.slug AS Tenant, j.type AS Type, j.status AS Status, j.attempts AS Attempts,
                   j.max_attempts AS MaxAttempts, j.lease_owner AS LeaseOwner, j.scheduled_at AS ScheduledAt,
                   j.created_at AS CreatedAt, j.last_error->>'error_code' AS ErrorCode,
                   j.last_error->>'message' AS ErrorMessage
              FROM jobs j JOIN tenants t USING (tenant_id) WHERE {Matches}
             ORDER BY j.created_at DESC, j.job_id LIMIT @limit
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<JobRow>(new(
            sql, new { query.Tenant, query.Status, query.Type, query.ErrorCode, limit }, cancellationToken: ct));
        return rows.AsList();
    }

    /// <summary>The whole row as JSON, or null.</summary>
    public async Task<string?> ShowAsync(Guid jobId, CancellationToken ct) =>
        await ScalarAsync<string>("SELECT to_jsonb(j)::text FROM jobs j WHERE job_id = @jobId", new { jobId }, ct);

    /// <summary>
    /// Queues a job again with a fresh budget, whatever its state, as the quickstart's statement does.
    /// </summary>
    public async Task<int> RetryAsync(Guid jobId, CancellationToken ct)
    {
        const string sql = """
            UPDATE jobs SET status = 'QUEUED', attempts = 0, scheduled_at = now(), lease_owner = NULL,
                            lease_expires_at = NULL, last_error = NULL, completed_at = NULL, rescues = 0
             WHERE job_id = @jobId
            """;
        return await ExecuteAsync(sql, new { jobId }, ct);
    }

    /// <summary>Queues every finished job of the filter again.</summary>
    public async Task<int> RetryManyAsync(JobQuery query, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE jobs j SET status = 'QUEUED', attempts = 0, scheduled_at = now(), lease_owner = NULL,
                              lease_expires_at = NULL, last_error = NULL, completed_at = NULL, rescues = 0
              FROM tenants t
             WHERE t.tenant_id = j.tenant_id AND j.status NOT IN ('QUEUED', 'RUNNING') AND {Matches}
            """;
        return await ExecuteAsync(sql, query, ct);
    }

    /// <summary>
    /// A queued job never runs; a running one's handler is told to stop and its fence no longer holds. Finished ones
    /// stay.
    /// </summary>
    public async Task<int> CancelAsync(Guid jobId, CancellationToken ct)
    {
        const string sql = """
            UPDATE jobs SET status = 'CANCELLED', completed_at = now(), lease_expires_at = NULL
             WHERE job_id = @jobId AND status IN ('QUEUED', 'RUNNING')
            """;
        return await ExecuteAsync(sql, new { jobId }, ct);
    }

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
