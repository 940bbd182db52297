using System.Collections.Concurrent;
using System.Diagnostics;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Waking;
using Bpc.Grains.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Grains.Jobs.Committing;

/// <summary>
/// Ends jobs. Whatever waits while a commit is on its way shares the next one; a lone job commits at once. A group that
/// meets an error is ended one by one, so that only the job that caused it pays. A job that has to wait (its row is
/// locked, the database is away) waits beside the groups, never in one.
/// </summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    private sealed record Waiting(Lease Lease, JobEnd End, TaskCompletionSource<bool> Done);

    // So many of those that wait try again at a time: each may hold its connection for a second.
    private readonly SemaphoreSlim _few = new(4);
    private readonly ConcurrentDictionary<Task, bool> _patient = new();
    private readonly Grouping<Waiting> _waiting;
    private readonly JobEndStore _store;
    private readonly JobInserts _inserts;
    private readonly Leases _leases;
    private readonly JobWake _wake;
    private readonly EngineMetrics _metrics;
    private readonly ILogger<GroupCommit> _log;
    private volatile bool _closing;

    public GroupCommit(
        JobEndStore store, JobInserts inserts, Leases leases, JobWake wake, EngineMetrics metrics,
        BpcSettings settings, ILogger<GroupCommit> log)
    {
        (_store, _inserts, _leases, _wake, _metrics, _log) = (store, inserts, leases, wake, metrics, log);
        _waiting = new(RunAsync, settings.Jobs.CommitGroup);
    }

    /// <summary>
    /// True: the job has ended in the database, with all its writes. False: it was no longer ours, and nothing was
    /// written. Throws what the database or a row count has against this job's writes; then it still holds its lease.
    /// </summary>
    public Task<bool> EndAsync(Lease lease, JobEnd end)
    {
        if (!end.Writes.Any(write => write.Job is not null))
        {
            _leases.Handled(lease); // otherwise its slot is for the job that follows it
        }

        var waiting = new Waiting(lease, end, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return _waiting.TryAdd(waiting)
            ? waiting.Done.Task
            : Task.FromException<bool>(new ObjectDisposedException(nameof(GroupCommit)));
    }

    public async ValueTask DisposeAsync()
    {
        _closing = true; // who still waits for a locked row leaves it to a rescue: a shutdown ends
        await _waiting.CloseAsync();
        await Task.WhenAll(_patient.Keys);
        _few.Dispose();
    }

    private async Task RunAsync(IReadOnlyList<Waiting> group)
    {
        var began = Stopwatch.GetTimestamp();
        await (group is [{ End.Writes.Count: > 0 } lone] ? EndAloneAsync(lone) : EndGroupAsync(group));
        _metrics.Committed(group.Count, Stopwatch.GetElapsedTime(began));
    }

    private async Task EndGroupAsync(IReadOnlyList<Waiting> group)
    {
        try
        {
            var ends = group.Select(w => (w.Lease.Job, w.End)).ToList();
            if (group.All(w => w.End.Writes.Count == 0))
            {
                var ended = await _store.EndAsync(ends, CancellationToken.None);
                Finish(group, w => ended.Contains(w.Lease.Job.Claim));
                return;
            }

            using var next = Next(group);
            if (await _store.EndWithWritesAsync(ends, next, CancellationToken.None))
            {
                next.Committed();
                Finish(group, _ => true);
                return;
            }
        }
#pragma warning disable CA1031 // whatever it is, each job now meets it alone
        catch (Exception e)
#pragma warning restore CA1031
        {
            GroupFailed(group.Count, e.Message);
            if (e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable }
                && await FreeAsync(group) is { } free && free.Count < group.Count)
            {
                await (free.Count > 0 ? EndGroupAsync(free) : Task.CompletedTask);
                return;
            }
        }

        foreach (var waiting in group)
        {
            await EndAloneAsync(waiting);
        }
    }

    /// <summary>
    /// Those of the group nobody has locked; the others wait beside it. Null where that cannot be asked.
    /// </summary>
    private async Task<List<Waiting>?> FreeAsync(IReadOnlyList<Waiting> group)
    {
        try
        {
            var free = await _store.FreeAsync(group.Select(w => w.Lease.Job), CancellationToken.None);
            foreach (var locked in group.Where(w => !free.Contains(w.Lease.Job.Claim)))
            {
                EndPatiently(locked);
            }

            return [.. group.Where(w => free.Contains(w.Lease.Job.Claim))];
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private async Task EndAloneAsync(Waiting waiting)
    {
        if (!await TryEndAsync(waiting))
        {
            EndPatiently(waiting);
        }
    }

    private void EndPatiently(Waiting waiting)
    {
        var task = EndPatientlyAsync(waiting);
        _patient[task] = true;
        task.ContinueWith(
            ended => _patient.TryRemove(ended, out _), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>
    /// While the row is locked or the database restarts, the commit waits: trying it again is safe under the fence, as
    /// long as the lease lives.
    /// </summary>
    private async Task EndPatientlyAsync(Waiting waiting)
    {
        for (var pauseMs = 50; waiting.Lease.End != LeaseEnd.Lost && !_closing; pauseMs = Math.Min(pauseMs * 2, 2000))
        {
            await Task.Delay(pauseMs);
            await _few.WaitAsync();
            try
            {
                if (await TryEndAsync(waiting))
                {
                    return;
                }
            }
            finally
            {
                _few.Release();
            }
        }

        Finish([waiting], _ => false);
    }

    /// <summary>False where the database does not answer, or somebody holds what is to be written.</summary>
    private async Task<bool> TryEndAsync(Waiting waiting)
    {
        var (lease, end, done) = waiting;
        try
        {
            using var next = Next([waiting]);
            var ended = await _store.EndWithWritesAsync([(lease.Job, end)], next, CancellationToken.None);
            if (ended)
            {
                next.Committed();
            }

            // A connection that broke at COMMIT leaves it open whether the commit happened; the row knows. (What
            // followed it under a lease then waits for that lease to run out.)
            ended = ended || await _store.HasEndedAsync(lease.Job, end, CancellationToken.None);
            Finish([waiting], _ => ended);
            return true;
        }
        catch (NpgsqlException e) when (DatabaseErrors.IsTransient(e))
        {
            return false;
        }
#pragma warning disable CA1031 // this job's own error: its grain decides what becomes of it
        catch (Exception e)
#pragma warning restore CA1031
        {
            done.SetException(e);
            return true;
        }
    }

    /// <summary>The jobs that follow upon these.</summary>
    private JobInsert Next(IEnumerable<Waiting> group) => _inserts.After(group.SelectMany(
        w => w.End.Writes.Where(write => write.Job is not null).Select(write => (w.Lease, write.Job!))));

    private void Finish(IReadOnlyList<Waiting> group, Func<Waiting, bool> ended)
    {
        if (group.Any(w => w.End.Writes.Any(write => write.Enqueues)))
        {
            _metrics.Woken(WakeSource.Job);
            _wake.SignalAll();
        }

        // The slots are free before the grains learn of it, so that the next claim finds all of them.
        _leases.Drop(group.Select(w => w.Lease));
        foreach (var waiting in group)
        {
            waiting.Done.SetResult(ended(waiting));
        }
    }

    [LoggerMessage(LogLevel.Warning, "A commit of {Count} jobs failed, each now commits alone: {Reason}")]
    private partial void GroupFailed(int count, string reason);
}
