using System.Collections.Concurrent;
using Bpc.Core.Settings;

namespace Bpc.Grains.Jobs;

/// <summary>
/// The leases this silo holds, in memory: what a job grain must find to run, what is renewed, and how much room is
/// left. It is a picture of the rows; where the two differ, the rows are right (every statement that ends a job is
/// fenced).
/// </summary>
internal sealed class Leases(BpcSettings settings, JobWake wake, TimeProvider clock)
{
    private readonly ConcurrentDictionary<GrainId, Lease> _held = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closed;

    /// <summary>How many more jobs this silo may run now.</summary>
    public int Room => _closed ? 0 : Math.Max(0, settings.Jobs.Concurrency - _held.Count);

    /// <summary>The silo stops: nothing more is claimed.</summary>
    public bool Closed => _closed;

    public ICollection<Lease> Held => _held.Values;

    public int Count => _held.Count;

    /// <summary>The last poll found jobs, so there may be more: look again as soon as some of them are done.</summary>
    public bool MoreExpected { get; set; }

    public Lease Add(GrainId grain, ClaimedJob job, TimeSpan maxRun)
    {
        var lease = new Lease(grain, job, maxRun, clock.GetTimestamp());
        _held[grain] = lease;
        return lease;
    }

    public Lease? Find(GrainId grain) => _held.GetValueOrDefault(grain);

    /// <summary>Forgets leases whose jobs have ended here or are no longer ours.</summary>
    public void Drop(params IEnumerable<Lease> ended)
    {
        foreach (var lease in ended)
        {
            _held.TryRemove(new(lease.Grain, lease));
        }

        if (_closed && _held.IsEmpty)
        {
            _empty.TrySetResult();
        }
        else if (MoreExpected)
        {
            wake.Signal();
        }
    }

    /// <summary>Takes no more leases; the task ends when the last one is gone.</summary>
    public Task CloseAsync()
    {
        _closed = true;
        Drop();
        return _empty.Task;
    }
}
