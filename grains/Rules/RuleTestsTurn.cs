namespace Bpc.Grains.Rules;

/// <summary>
/// Whose rule tests have this silo's one thread for them (<see cref="CpuPool.RuleTests"/>). Whoever would wait for it
/// would hold a job's room meanwhile, and its own time would run.
/// </summary>
internal sealed class RuleTestsTurn(TimeProvider clock)
{
    private static readonly TimeSpan s_shortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private long? _since;

    /// <summary>
    /// Zero: the turn is the caller's until <see cref="End"/>. Otherwise the wait before another try: about as long as
    /// the one who has it has had it, so that a crowd behind long tests does not come back every second.
    /// </summary>
    /// <param name="random">0 to 1: those who come at once do not come back at once.</param>
    public TimeSpan Take(double random)
    {
        lock (_lock)
        {
            if (_since is { } since)
            {
                var wait = Math.Clamp(
                    clock.GetElapsedTime(since).TotalSeconds, s_shortestWait.TotalSeconds, s_longestWait.TotalSeconds);
                return TimeSpan.FromSeconds(wait * (0.5 + random));
            }

            _since = clock.GetTimestamp();
            return TimeSpan.Zero;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _since = null;
        }
    }
}
