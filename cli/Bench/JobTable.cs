using System.Diagnostics;
using Bpc.Core;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>Counters of the server: transactions, waits for the disk and bytes of its log.</summary>
internal sealed record ServerWork(long Transactions, long Syncs, long LogBytes);

/// <summary>The jobs table of the scratch database: filled before a measurement, judged after it.</summary>
internal sealed class JobTable(NpgsqlDataSource database, Guid tenant)
{
    private const int Chunk = 10_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    // The server's sessions tell what they did a second later at most.
    private static readonly TimeSpan s_statistics = TimeSpan.FromSeconds(1.5);

    public Guid Tenant => tenant;

    public static async Task<JobTable> CreateAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var tenant = Guid.CreateVersion7();
        await using var insert = database.CreateCommand("INSERT INTO tenants (tenant_id, slug) VALUES ($1, 'bench')");
        insert.Parameters.Add(new() { Value = tenant });
        await insert.ExecuteNonQueryAsync(ct);
        return new(database, tenant);
    }

    /// <summary>Empty and settled: no measurement pays for the one before it.</summary>
    public async Task ClearAsync(CancellationToken ct)
    {
        await ScalarAsync("TRUNCATE jobs CASCADE", ct);
        await SettleAsync(ct);
    }

    private async Task SettleAsync(CancellationToken ct)
    {
        await ScalarAsync("VACUUM ANALYZE", ct);
        try
        {
            await ScalarAsync("CHECKPOINT", ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // Not every user may; without it the figures scatter more.
        }
    }

    /// <summary>Inserts jobs by plain SQL, as somebody outside the cluster does.</summary>
    public async Task InsertAsync(int jobs, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await InsertAsync(connection, jobs, NoopHandler.JobType, ct);
    }

    /// <summary>Jobs that lie in the table, settled, and that nobody starts before <see cref="ResumeAsync"/>.</summary>
    public async Task FillAsync(int jobs, CancellationToken ct, string type = NoopHandler.JobType)
    {
        await ScalarAsync("INSERT INTO job_pauses (reason) VALUES ('bench')", ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await InsertAsync(connection, jobs, type, ct);
        await SettleAsync(ct);
    }

    public Task ResumeAsync(CancellationToken ct) => ScalarAsync("DELETE FROM job_pauses", ct);

    /// <summary>Waits for the last commit: no job runs, and none of the type is queued.</summary>
    public async Task UntilEndedAsync(CancellationToken ct, string type = NoopHandler.JobType)
    {
        // Two questions, each to its index: the table may be full of finished rows.
        await using var left = database.CreateCommand("""
            SELECT EXISTS (SELECT FROM jobs WHERE status = 'RUNNING')
                OR EXISTS (SELECT FROM jobs WHERE status = 'QUEUED' AND tenant_id = $1 AND type = $2)
            """);
        left.Parameters.Add(new() { Value = tenant });
        left.Parameters.Add(new() { Value = type });
        var started = Stopwatch.GetTimestamp();
        while (await left.ExecuteScalarAsync(ct) is true)
        {
            if (Stopwatch.GetElapsedTime(started) > s_patience)
            {
                throw new BpcException(BpcError.Internal, $"jobs still run {s_patience} after the last one began");
            }

            await Task.Delay(s_poll, ct);
        }
    }

    /// <summary>All that were inserted since then have succeeded, each at its first attempt.</summary>
    public async Task CheckSucceededAsync(int jobs, DateTime since, CancellationToken ct)
    {
        await using var count = database.CreateCommand(
            "SELECT count(*) FROM jobs WHERE status = 'SUCCEEDED' AND attempts = 1 AND created_at >= $1");
        count.Parameters.Add(new() { Value = since });
        if (await count.ExecuteScalarAsync(ct) is not long done || done != jobs)
        {
            throw new BpcException(BpcError.Internal, $"not all of {jobs} jobs succeeded at their first attempt");
        }
    }

    /// <summary>Rows of jobs that ended long ago, as a table has them that nobody sweeps.</summary>
    public async Task InsertFinishedAsync(int jobs, CancellationToken ct)
    {
        await using var insert = database.CreateCommand("""
            INSERT INTO jobs (job_id, tenant_id, type, payload, status, attempts, lease_epoch, lease_owner, created_at,
                              scheduled_at, started_at, completed_at, result)
            SELECT bpc_uuid7(), $1, $2, jsonb_build_object('n', n), 'SUCCEEDED', 1, 1, 'bench-0', t, t, t, t, '{}'
              FROM generate_series(1, $3) n, LATERAL (SELECT now() - n * interval '1 second') AS at (t)
            """);
        insert.Parameters.Add(new() { Value = tenant });
        insert.Parameters.Add(new() { Value = NoopHandler.JobType });
        insert.Parameters.Add(new() { Value = jobs });
        insert.CommandTimeout = 600;
        await insert.ExecuteNonQueryAsync(ct);
        await ScalarAsync("VACUUM ANALYZE jobs", ct);
    }

    /// <summary>What the server has done so far, in this database and in its log.</summary>
    public async Task<ServerWork> WorkAsync(CancellationToken ct)
    {
        await Task.Delay(s_statistics, ct);
        await using var read = database.CreateCommand("""
            SELECT d.xact_commit::bigint, w.wal_sync::bigint, w.wal_bytes::bigint
              FROM pg_stat_wal w, pg_stat_database d WHERE d.datname = current_database()
            """);
        await using var reader = await read.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private async Task InsertAsync(NpgsqlConnection connection, int jobs, string type, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO jobs (job_id, tenant_id, type, payload)
            SELECT job_id, $2, $3, jsonb_build_object('n', n) FROM unnest($1) WITH ORDINALITY AS new (job_id, n)
            """;
        for (var left = jobs; left > 0; left -= Chunk)
        {
            // Ids that grow with time, as all of ours do.
            Guid[] ids = [.. Enumerable.Range(0, Math.Min(left, Chunk)).Select(_ => Guid.CreateVersion7())];
            await using var insert = new NpgsqlCommand(sql, connection)
            {
                Parameters = { new() { Value = ids }, new() { Value = tenant }, new() { Value = type } },
            };
            await insert.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(ct);
    }
}
