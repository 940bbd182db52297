using Bpc.Core.Settings;

namespace Bpc.Hosting;

/// <summary>
/// Ends the process where its stop does not: with the database gone, Orleans cannot leave its cluster and waits for
/// ever. Nothing is lost by it: the leases run out, and another silo takes the jobs.
/// </summary>
public sealed class StopDeadline : IDisposable
{
    // Beyond the handlers' grace and the time a silo has to leave its cluster.
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    private readonly Timer _timer;

    /// <summary>The time runs from here until it is disposed of.</summary>
    public StopDeadline(JobSettings jobs)
    {
        var most = jobs.ShutdownGrace + s_margin;
        _timer = new(_ => End(most), null, most, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private static void End(TimeSpan most)
    {
        Console.Error.WriteLine($"The stop is not done after {most.TotalSeconds} s: leaving without it");
        Environment.Exit(1);
    }
}
