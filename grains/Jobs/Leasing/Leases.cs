using System.Collections.Concurrent;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Waking;

namespace Bpc.Grains.Jobs.Leasing;

/// <summary>
/// The leases this silo holds, in memory: what a job grain must find to run, what is renewed, and how many slots for
/// handlers are free. It is a picture of the rows; where the two differ, the rows are right (every statement that ends
/// a job is fenced).
/// </summary>
internal sealed class Leases(BpcSettings settings, JobWake wake, TimeProvider clock)
{
    // Jobs whose handlers are done wait for their commit beside those that run; should the database fall behind, this
    // is where claiming stops.
    private const int MaxCommitting = 1000;

    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(2);

    // A claim's answer comes within the longest statement there is.
    private static readonly TimeSpan s_claimTakes = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<GrainId, Lease> _held = new();
    private readonly ConcurrentDictionary<GrainId, bool> _stopped = new();
    private readonly ConcurrentQueue<(GrainId Grain, long At)> _stops = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _manyFree;
    private volatile bool _closed;
    private volatile bool _awaited;
    private int _count;
    private int _handling;
    private int _rescued;

    /// <summary>How many more jobs this silo may run now: a job that only waits for its commit takes no slot.</summary>
    public int FreeSlots => _closed ? 0 : Math.Max(0, Math.Min(
        settings.Jobs.Concurrency - Volatile.Read(ref _handling),
        settings.Jobs.Concurrency + MaxCommitting - Count));

    /// <summary>
    /// How many more it may run of those that have lost a lease before: they have one slot of their own, so that the
    /// next death finds none beside the one that causes it.
    /// </summary>
    public int FreeRescuedSlots => _closed || Volatile.Read(ref _rescued) > 0 ? 0 : 1;

    /// <summary>The silo stops: nothing more is claimed.</summary>
    public bool Closed => _closed;

    public ICollection<Lease> Held => _held.Values;

    /// <summary>How many it holds; the dictionary would lock itself to count.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The last poll found jobs, so there may be more: look again as soon as some of them are done.</summary>
    public bool MoreExpected { get; set; }

    private bool HasManyFree => FreeSlots >= settings.Jobs.Concurrency / 2;

    /// <summary>
    /// Returns when half the slots are free, or soon all the same: a claim for a handful costs as much as one for many.
    /// </summary>
    public Task WaitForFreeSlotsAsync()
    {
        var manyFree = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _manyFree, manyFree);
        return HasManyFree ? Task.CompletedTask : Task.WhenAny(manyFree.Task, Task.Delay(s_soon, clock));
    }

    /// <summary>
    /// Keeps a slot for a job that is being inserted. Only an idle silo does: where others wait it would overtake them,
    /// and the rest of a crowd is shared with the other silos.
    /// </summary>
    public bool TryReserve()
    {
        if (MoreExpected || FreeSlots <= settings.Jobs.Concurrency / 2)
        {
            return false;
        }

        Interlocked.Increment(ref _handling);
        return true;
    }

    /// <summary>Keeps the slot of a job that is ending for the one it is followed by.</summary>
    public bool TryPassSlot(Lease ended) => !_closed && ended.TryHandled();

    public void Unreserve()
    {
        Interlocked.Decrement(ref _handling);
        WakeForMore();
    }

    /// <param name="reserved">Its slot is kept for it.</param>
    public Lease Add(GrainId grain, ClaimedJob job, TimeSpan maxRun, bool reserved)
    {
        var lease = new Lease(grain, job, maxRun, clock.GetTimestamp());
        _held[grain] = lease;
        if (_stopped.TryRemove(grain, out _))
        {
            lease.Stop(LeaseEnd.Lost);
        }

        Interlocked.Increment(ref _count);
        if (!reserved)
        {
            Interlocked.Increment(ref _handling);
        }

        if (job.Rescues > 0)
        {
            Interlocked.Increment(ref _rescued);
        }

        return lease;
    }

    public Lease? Find(GrainId grain) => _held.GetValueOrDefault(grain);

    /// <summary>
    /// This claim is over, if it is one of ours: its handler is told to stop. The word may overtake the claim's answer,
    /// so it is kept until that must have come.
    /// </summary>
    public void Stop(GrainId grain)
    {
        _stopped[grain] = true;
        _stops.Enqueue((grain, clock.GetTimestamp()));
        if (Find(grain) is { } lease)
        {
            lease.Stop(LeaseEnd.Lost);
        }

        while (_stops.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.At) > s_claimTakes
            && _stops.TryDequeue(out oldest))
        {
            _stopped.TryRemove(oldest.Grain, out _);
        }
    }

    /// <summary>The job's handler is done, and its slot is another job's.</summary>
    public void Handled(Lease lease)
    {
        FreeSlot(lease);
        if (HasManyFree)
        {
            Volatile.Read(ref _manyFree)?.TrySetResult();
        }

        WakeForMore();
    }

    /// <summary>Forgets leases whose jobs have ended here or are no longer ours.</summary>
    public void Drop(params IEnumerable<Lease> ended)
    {
        foreach (var lease in ended)
        {
            FreeSlot(lease);
            if (_held.TryRemove(new(lease.Grain, lease)))
            {
                Interlocked.Decrement(ref _count);
                if (lease.Job.Rescues > 0)
                {
                    Interlocked.Decrement(ref _rescued);
                }
            }
        }

        if (_awaited && _held.IsEmpty)
        {
            _empty.TrySetResult();
        }
        else
        {
            WakeForMore();
        }
    }

    /// <summary>Takes no more leases; what a claim under way still brings is given back.</summary>
    public void Close() => _closed = true;

    /// <summary>Once it is closed and no claim is under way: the task ends when the last lease is gone.</summary>
    public Task UntilEmptyAsync()
    {
        _awaited = true;
        Drop();
        return _empty.Task;
    }

    private void FreeSlot(Lease lease)
    {
        if (lease.TryHandled())
        {
            Interlocked.Decrement(ref _handling);
        }
    }

    private void WakeForMore()
    {
        if (MoreExpected && !_closed)
        {
            wake.Signal();
        }
    }
}
