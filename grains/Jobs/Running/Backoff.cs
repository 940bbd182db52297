using Bpc.Core.Settings;

namespace Bpc.Grains.Jobs.Running;

/// <summary>How long a failed job waits: twice as long after each attempt, up to a limit.</summary>
public static class Backoff
{
    /// <param name="random">From 0 to 1. It spreads the delay by ±10 %, so that jobs which failed together do not come
    /// back together.</param>
    public static TimeSpan Delay(int attempt, JobSettings jobs, double random)
    {
        var doubled = jobs.BackoffBase.TotalSeconds * Math.Pow(2, Math.Max(attempt, 1) - 1);
        var seconds = Math.Min(doubled, jobs.BackoffMax.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.9 + 0.2 * random));
    }
}
