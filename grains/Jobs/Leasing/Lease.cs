using System.Diagnostics;

namespace Bpc.Grains.Jobs.Leasing;

/// <summary>Why a lease ended before its handler did.</summary>
internal enum LeaseEnd
{
    None,

    /// <summary>The job's longest run time is over: it fails with JOB_TIMEOUT, and retries.</summary>
    TimedOut,

    /// <summary>The row is no longer ours (rescued, reset, cancelled): nothing may be written.</summary>
    Lost,

    /// <summary>The silo stops: the job goes back to the queue and keeps its attempt.</summary>
    Released,
}

/// <summary>
/// One claim of one job, from the claim to the commit that ends it. Its token tells the handler to stop.
/// </summary>
internal sealed class Lease(GrainId grain, ClaimedJob job, TimeSpan maxRun, long heldAt) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly long _claimedAt = Stopwatch.GetTimestamp();
    private int _end;
    private int _taken;
    private int _handled;

    public GrainId Grain => grain;

    public ClaimedJob Job => job;

    public TimeSpan MaxRun => maxRun;

    public CancellationToken Ended => _ended.Token;

    public LeaseEnd End => (LeaseEnd)Volatile.Read(ref _end) is var end and not LeaseEnd.None ? end
        : _ended.IsCancellationRequested ? LeaseEnd.TimedOut : LeaseEnd.None;

    public TimeSpan Age => Stopwatch.GetElapsedTime(_claimedAt);

    /// <summary>
    /// When the database last said that the job is ours (a timestamp of this process's <see cref="TimeProvider"/>).
    /// </summary>
    public long HeldAt { get; set; } = heldAt;

    /// <summary>True for the one activation that runs the job.</summary>
    public bool TryTake()
    {
        if (Interlocked.Exchange(ref _taken, 1) == 1)
        {
            return false;
        }

        _ended.CancelAfter(maxRun);
        return true;
    }

    /// <summary>True the first time only: that caller frees the slot its handler took.</summary>
    public bool TryHandled() => Interlocked.Exchange(ref _handled, 1) == 0;

    /// <summary>The first reason stands.</summary>
    public void Stop(LeaseEnd why)
    {
        if (Interlocked.CompareExchange(ref _end, (int)why, (int)LeaseEnd.None) != (int)LeaseEnd.None)
        {
            return;
        }

        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Its job ended this moment.
        }
    }

    public void Dispose() => _ended.Dispose();
}
