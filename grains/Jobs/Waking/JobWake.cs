using Bpc.Grains.Jobs.Claiming;

namespace Bpc.Grains.Jobs.Waking;

/// <summary>
/// Tells this silo's dispatcher that there may be work: after a commit that put a job into the table, or freed a slot
/// for one.
/// </summary>
public sealed class JobWake(
    IGrainFactory grains, ILocalSiloDetails silo, ISiloStatusOracle silos, TimeProvider clock)
{
    // Other silos are told this often at most.
    private static readonly TimeSpan s_tellApart = TimeSpan.FromMilliseconds(50);

    private int _signalled;
    private int _forOthers;
    private readonly Lock _later = new();
    private DateTimeOffset _laterAt = DateTimeOffset.MaxValue;

    /// <summary>
    /// This silo put a job into the queue, and no notification says so: any of them may have a slot for it.
    /// </summary>
    internal void SignalAll()
    {
        Signal();
        SignalOthers();
    }

    /// <summary>Never waits and never fails: a signal that gets lost costs one poll interval.</summary>
    public void Signal()
    {
        // One call on its way is enough for any number of signals; the dispatcher clears the flag before it looks.
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            grains.GetGrain<IDispatcherGrain>(silo.SiloAddress.ToParsableString()).PollAsync()
                .ContinueWith(Failed, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
                    TaskScheduler.Default);
        }
    }

    /// <summary>A signal after the delay; an earlier one that is on its way already will do.</summary>
    internal void SignalIn(TimeSpan delay)
    {
        var at = clock.GetUtcNow() + delay;
        lock (_later)
        {
            if (_laterAt <= at)
            {
                return;
            }

            _laterAt = at;
        }

        _ = SignalAtAsync();

        async Task SignalAtAsync()
        {
            await Task.Delay(delay, clock);
            lock (_later)
            {
                _laterAt = _laterAt == at ? DateTimeOffset.MaxValue : _laterAt;
            }

            Signal();
        }
    }

    /// <summary>Tells the other silos that there is work this one leaves to them: at once, then in turns.</summary>
    internal void SignalOthers()
    {
        if (Interlocked.Increment(ref _forOthers) == 1)
        {
            _ = TellOthersAsync();
        }
    }

    private async Task TellOthersAsync()
    {
        int told;
        do
        {
            told = Volatile.Read(ref _forOthers);
            foreach (var other in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
            {
                if (!other.Equals(silo.SiloAddress))
                {
                    grains.GetGrain<IDispatcherGrain>(other.ToParsableString()).WakeAsync().Ignore();
                }
            }

            await Task.Delay(s_tellApart, clock);
        }
        while (Interlocked.CompareExchange(ref _forOthers, 0, told) != told);
    }

    /// <summary>From here on a signal counts as a new one.</summary>
    internal void Seen() => Volatile.Write(ref _signalled, 0);

    private void Failed(Task poll)
    {
        _ = poll.Exception; // seen: it costs one poll interval
        Seen();
    }
}
