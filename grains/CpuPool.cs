using System.Collections.Concurrent;

namespace Bpc.Grains;

/// <summary>
/// Threads for what computes longer than a grain's turn may take (compile, sign, QR code), as many as the machine has
/// processors. Threads of its own: two long loops on the shared pool delay every other grain's calls.
/// </summary>
public sealed class CpuPool : IDisposable
{
    /// <summary>
    /// The key of the pool of rule tests, which may take minutes: nobody's signature waits behind them.
    /// </summary>
    public const string RuleTests = "rule-tests";

    private readonly BlockingCollection<Action> _work = [];

    public CpuPool()
        : this(Environment.ProcessorCount)
    {
    }

    public CpuPool(int threads)
    {
        for (var i = 0; i < threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = $"bpc-cpu-{i}" }.Start();
        }
    }

    /// <summary>
    /// Runs <paramref name="compute"/> on one of the pool's threads; the caller's turn is free meanwhile.
    /// </summary>
    public Task<T> RunAsync<T>(Func<T> compute, CancellationToken ct)
    {
        // Continuations go back to the caller's own scheduler and never run on these threads.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => Complete(done, compute, ct), ct);
        return done.Task;
    }

    // The threads end when they have emptied the queue; they still read it, so it is not disposed here.
    public void Dispose() => _work.CompleteAdding();

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> compute, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            done.SetCanceled(ct);
            return;
        }

        try
        {
            done.SetResult(compute());
        }
#pragma warning disable CA1031 // whatever the computation throws is its caller's
        catch (Exception e)
#pragma warning restore CA1031
        {
            done.SetException(e);
        }
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
