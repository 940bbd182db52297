using System.Diagnostics;

namespace Bpc.Cli.Bench;

/// <summary>One job at a time on idle silos: from asking for it to its handler's first line.</summary>
internal sealed class Latency(BenchSilos silos, JobTable table)
{
    private const int WarmUp = 20;
    private const int LeastPauseMs = 20;
    private const int MostPauseMs = 40;

    public async Task<Quantiles> RunAsync(int samples, Func<CancellationToken, Task> enqueue, CancellationToken ct)
    {
        await table.ClearAsync(ct);
        var took = new List<double>(samples);
        for (var sample = -WarmUp; sample < samples; sample++)
        {
            var begun = silos.Noop.ExpectAsync(1, ct);
            var asked = Stopwatch.GetTimestamp();
            await enqueue(ct);
            var elapsed = Stopwatch.GetElapsedTime(asked, await begun);
            if (sample >= 0)
            {
                took.Add(elapsed.TotalMilliseconds);
            }

            // Until its commit is over and the silo idles again; of uneven length, so as not to follow a timer's beat.
            await Task.Delay(Random.Shared.Next(LeastPauseMs, MostPauseMs), ct);
        }

        return Quantiles.Of(took);
    }
}
