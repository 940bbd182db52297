using System.Diagnostics;
using Bpc.Core;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>The jobs table of the scratch database: filled before a measurement, judged after it.</summary>
internal sealed class JobTable(NpgsqlDataSource database, Guid tenant)
{
    private const int Chunk = 10_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

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
        await ScalarAsync("VACUUM ANALYZE", ct);
        await CheckpointAsync(ct);
    }

    public async Task CheckpointAsync(CancellationToken ct)
    {
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
        await InsertAsync(connection, jobs, ct);
    }

    /// <summary>
    /// Jobs in a transaction that is still open: they lie in the table, and the COMMIT makes all of them due at once.
    /// </summary>
    public async Task<NpgsqlTransaction> FillAsync(NpgsqlConnection connection, int jobs, CancellationToken ct)
    {
        var transaction = await connection.BeginTransactionAsync(ct);
        await InsertAsync(connection, jobs, ct);
        await using var analyze = new NpgsqlCommand("ANALYZE jobs", connection);
        await analyze.ExecuteNonQueryAsync(ct);
        return transaction;
    }

    /// <summary>Waits for the last commit: all have succeeded, each at its first attempt.</summary>
    public async Task UntilSucceededAsync(int jobs, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (await ScalarAsync("SELECT count(*) FROM jobs WHERE status IN ('QUEUED', 'RUNNING')", ct) is > 0L)
        {
            if (Stopwatch.GetElapsedTime(started) > s_patience)
            {
                throw new BpcException(BpcError.Internal, $"jobs still run {s_patience} after the last one began");
            }

            await Task.Delay(s_poll, ct);
        }

        var succeeded = await ScalarAsync("SELECT count(*) FROM jobs WHERE status = 'SUCCEEDED' AND attempts = 1", ct);
        if (succeeded is not long count || count != jobs)
        {
            throw new BpcException(BpcError.Internal, $"{succeeded} of {jobs} jobs succeeded at their first attempt");
        }
    }

    private async Task InsertAsync(NpgsqlConnection connection, int jobs, CancellationToken ct)
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
                Parameters = { new() { Value = ids }, new() { Value = tenant }, new() { Value = NoopHandler.JobType } },
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
