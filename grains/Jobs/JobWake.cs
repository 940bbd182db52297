using Orleans.Runtime;

namespace Bpc.Grains.Jobs;

/// <summary>
/// Tells this silo's dispatcher that there may be work: after a commit that put a job into the table, or freed room for
/// one.
/// </summary>
public sealed class JobWake(IGrainFactory grains, ILocalSiloDetails silo)
{
    private int _signalled;

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

    /// <summary>From here on a signal counts as a new one.</summary>
    internal void Seen() => Volatile.Write(ref _signalled, 0);
}
