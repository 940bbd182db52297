namespace Bpc.Core;

/// <summary>
/// A token bucket: <paramref name="perSecond"/> in the long run, <paramref name="burst"/> at once. It starts full.
/// </summary>
public sealed class TokenBucket(int perSecond, int burst, DateTimeOffset now)
{
    private double _tokens = burst;
    private DateTimeOffset _filledAt = now;

    /// <summary>Whole tokens that are there.</summary>
    public int Available => (int)_tokens;

    /// <summary>Takes up to <paramref name="wanted"/> tokens and says how many it got.</summary>
    public int Take(int wanted, DateTimeOffset at)
    {
        if (at > _filledAt) // a clock set back gives and takes nothing
        {
            _tokens = Math.Min(burst, _tokens + ((at - _filledAt).TotalSeconds * perSecond));
            _filledAt = at;
        }

        var taken = Math.Min(wanted, Available);
        _tokens -= taken;
        return taken;
    }

    /// <summary>How long until a whole token is there, if nobody takes any.</summary>
    public TimeSpan UntilNext() => TimeSpan.FromSeconds(Math.Max(0, (1 - _tokens) / perSecond));
}
