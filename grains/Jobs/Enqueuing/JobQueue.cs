using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Storage;
using Npgsql;

namespace Bpc.Grains.Jobs.Enqueuing;

/// <summary>
/// Enqueues jobs that come alone, each for its own caller. Callers at the same time share a statement, and so the wait
/// for the disk.
/// </summary>
internal sealed class JobQueue : IAsyncDisposable
{
    private readonly NpgsqlDataSource _db;
    private readonly JobInserts _inserts;
    private readonly Grouping<Waiting> _waiting;

    public JobQueue(NpgsqlDataSource db, JobInserts inserts)
    {
        (_db, _inserts) = (db, inserts);
        _waiting = new(RunAsync);
    }

    private sealed record Waiting(NewJob Job, TaskCompletionSource<bool> Inserted);

    /// <summary>
    /// The job's id, once it is committed: where there is one of its tenant, type and idempotency key, that one's.
    /// </summary>
    public async Task<Guid> EnqueueAsync(NewJob job)
    {
        var waiting = new Waiting(job, new(TaskCreationOptions.RunContinuationsAsynchronously));
        ObjectDisposedException.ThrowIf(!_waiting.TryAdd(waiting), this);
        return await waiting.Inserted.Task ? job.JobId : await FindAsync(job);
    }

    public async ValueTask DisposeAsync() => await _waiting.CloseAsync();

    private async Task RunAsync(IReadOnlyList<Waiting> group)
    {
        try
        {
            await InsertAsync(group);
        }
#pragma warning disable CA1031 // each caller meets its own error
        catch (Exception e) when (group.Count > 1 && !DatabaseErrors.IsTransient(e))
        {
            foreach (var waiting in group)
            {
                await RunAsync([waiting]);
            }
        }
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Whether a lost connection had committed, nobody knows: to try again could find the job there already.
            foreach (var waiting in group)
            {
                waiting.Inserted.TrySetException(e);
            }
        }
    }

    private async Task InsertAsync(IReadOnlyList<Waiting> group)
    {
        using var insert = _inserts.Of(group.Select(w => w.Job));
        await using (var connection = await _db.OpenConnectionAsync())
        {
            // One statement is one transaction: what it returns is committed.
            await using var batch = new NpgsqlBatch(connection);
            insert.AddTo(batch);
            await using var reader = await batch.ExecuteReaderAsync();
            await insert.ReadAsync(reader, CancellationToken.None);
        }

        insert.Committed();
        foreach (var waiting in group)
        {
            waiting.Inserted.TrySetResult(insert.Has(waiting.Job.JobId));
        }
    }

    private async Task<Guid> FindAsync(NewJob job)
    {
        await using var find = _db.CreateCommand(
            "SELECT job_id FROM jobs WHERE tenant_id = $1 AND type = $2 AND idempotency_key = $3");
        find.Parameters.AddRange((NpgsqlParameter[])
        [
            new NpgsqlParameter<Guid> { TypedValue = job.TenantId },
            new NpgsqlParameter<string> { TypedValue = job.Type },
            new NpgsqlParameter<string?> { TypedValue = job.IdempotencyKey },
        ]);
        return (Guid)(await find.ExecuteScalarAsync())!;
    }
}
