namespace Bpc.Core;

/// <summary>
/// A token bucket: <paramref name="perSecond"/> in the long run, <paramref name="burst"/> at once.
/// </summary>
/// <param name="tokens">What it starts with; full where nothing is said.</param>
public sealed class TokenBucket(int perSecond, int burst, DateTimeOffset now, int? tokens = null)
{
    private double _tokens = tokens ?? burst;
    private DateTimeOffset _filledAt = now;

    /// <summary>Whole tokens that are there.</summary>
    public int Available => (int)_tokens;

    /// <summary>Takes up to <paramref name="wanted"/> tokens and says how many it got.</summary>
    public int Take(int wanted, DateTimeOffset at)
    {
        // A clock set back gives nothing, and counts on from where it stands now.
        var passed = at > _filledAt ? at - _filledAt : TimeSpan.Zero;
        _tokens = Math.Min(burst, _tokens + (passed.TotalSeconds * perSecond));
        _filledAt = at;

        var taken = Math.Min(wanted, Available);
        _tokens -= taken;
        return taken;
    }

    /// <summary>How long until a whole token is there, if nobody takes any.</summary>
    public TimeSpan UntilNext() => TimeSpan.FromSeconds(Math.Max(0, (1 - _tokens) / perSecond));
}
