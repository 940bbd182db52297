namespace Bpc.Core;

/// <summary>
/// A token bucket: <paramref name="perSecond"/> in the long run, <paramref name="burst"/> at once.
/// </summary>
public sealed class TokenBucket(int perSecond, int burst, DateTimeOffset now)
{
    private (int PerSecond, int Burst) _limit = (perSecond, burst);
    private double _tokens = burst;
    private DateTimeOffset _filledAt = now;

    /// <summary>Whole tokens that are there.</summary>
    public int Available => (int)_tokens;

    /// <summary>Takes up to <paramref name="wanted"/> tokens and says how many it got.</summary>
    public int Take(int wanted, DateTimeOffset at)
    {
        Fill(at);
        var taken = Math.Min(wanted, Available);
        _tokens -= taken;
        return taken;
    }

    /// <summary>
    /// Another limit from now on: what has come back so far stays, as much of it as the new burst has room for.
    /// </summary>
    public void Change(int perSecond, int burst, DateTimeOffset at)
    {
        Fill(at);
        _limit = (perSecond, burst);
        _tokens = Math.Min(burst, _tokens);
    }

    /// <summary>How long until a whole token is there, if nobody takes any.</summary>
    public TimeSpan UntilNext() => TimeSpan.FromSeconds(Math.Max(0, (1 - _tokens) / _limit.PerSecond));

    private void Fill(DateTimeOffset at)
    {
        // A clock set back gives nothing, and counts on from where it stands now.
        var passed = at > _filledAt ? at - _filledAt : TimeSpan.Zero;
        _tokens = Math.Min(_limit.Burst, _tokens + (passed.TotalSeconds * _limit.PerSecond));
        _filledAt = at;
    }
}
