namespace Bpc.Grains.Webhooks;

/// <summary>
/// When a delivery is tried again: quickly while the receiver may only be restarting, then over about three days, in
/// which somebody may mend it.
/// </summary>
internal static class DeliverySchedule
{
    private static readonly TimeSpan[] s_waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromHours(24), TimeSpan.FromHours(24),
    ];

    private static readonly TimeSpan s_longest = TimeSpan.FromHours(24);

    /// <summary>How often a delivery is tried; sql/009_events.sql gives the job of an event as many.</summary>
    public static int Attempts => s_waits.Length + 1;

    /// <param name="attempt">The one that failed, from 1.</param>
    /// <param name="random">From 0 to 1: spreads the wait by ±10 %, so that a receiver that comes back is not met by
    /// all at once.</param>
    /// <param name="retryAfter">What the endpoint asked for: it may make a wait longer, up to a day.</param>
    public static TimeSpan WaitAfter(int attempt, double random, TimeSpan? retryAfter = null)
    {
        var wait = s_waits[Math.Clamp(attempt, 1, s_waits.Length) - 1] * (0.9 + 0.2 * random);
        var asked = retryAfter > s_longest ? s_longest : retryAfter;
        return asked > wait ? asked.Value : wait;
    }
}
