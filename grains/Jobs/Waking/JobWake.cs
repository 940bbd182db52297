using Bpc.Grains.Jobs.Claiming;
using Orleans.Runtime;

namespace Bpc.Grains.Jobs.Waking;

/// <summary>
/// Tells this silo's dispatcher that there may be work: after a commit that put a job into the table, or freed room for
/// one.
/// </summary>
public sealed class JobWake(
    IGrainFactory grains, ILocalSiloDetails silo, ISiloStatusOracle silos, TimeProvider clock)
{
    private int _signalled;
    private readonly Lock _later = new();
    private DateTimeOffset _laterAt = DateTimeOffset.MaxValue;

    /// <summary>Never waits and never fails: a signal that gets lost costs one poll interval.</summary>
    public void Signal()
    {
        // One call on its way is enough for any number of signals; the dispatcher clears the flag before it looks.
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            grains.GetGrain<IDispatcherGrain>(silo.SiloAddress.ToParsableString()).PollAsync()
                .ContinueWith(_ => Seen(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
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

    /// <summary>Tells the other silos that there is work this one leaves to them.</summary>
    internal void SignalOthers()
    {
        foreach (var other in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            if (!other.Equals(silo.SiloAddress))
            {
                grains.GetGrain<IDispatcherGrain>(other.ToParsableString()).PollAsync().Ignore();
            }
        }
    }

    /// <summary>From here on a signal counts as a new one.</summary>
    internal void Seen() => Volatile.Write(ref _signalled, 0);
}
