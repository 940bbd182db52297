namespace Bpc.Core.Webhooks;

/// <summary>
/// Decides whether a delivery may go to an endpoint now: at most so many at a time, and after failures in a row only
/// one now and then, until one is answered. What may not go is told when to come back; nothing is lost by that.
/// </summary>
/// <param name="limit">Deliveries that may be under way at once.</param>
public sealed class Circuit(int limit)
{
    /// <summary>Failures in a row that open it.</summary>
    public const int FailuresToOpen = 5;

    public static readonly TimeSpan FirstOpening = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LongestOpening = TimeSpan.FromMinutes(15);

    // A delivery is given up after 30 s. One that was not reported by now went down with its silo.
    private static readonly TimeSpan s_longestRun = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_probeWait = TimeSpan.FromSeconds(1);

    // Attempts of one delivery are at most 26.4 h apart (DeliverySchedule). In a longer silence nothing was sent, and a
    // failure says nothing of it.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromDays(2);

    private readonly Dictionary<Guid, DateTimeOffset> _running = [];
    private TimeSpan _usual = TimeSpan.FromMilliseconds(100);
    private DateTimeOffset _lineEnd;
    private DateTimeOffset? _failedAt;

    /// <summary>Failures in a row, those while it was open not counted.</summary>
    public int Failures { get; private set; }

    /// <summary>Null: closed. In the past: half-open, one delivery probes.</summary>
    public DateTimeOffset? OpenUntil { get; private set; }

    /// <summary>When the first of the failures was.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>Goes on where an earlier one stopped.</summary>
    public void Restore(int failures, DateTimeOffset? openUntil, DateTimeOffset? failingSince) =>
        (Failures, OpenUntil, FailingSince, _failedAt) = (failures, openUntil, failingSince, openUntil);

    /// <summary>Zero: the delivery may go, under the ticket. Otherwise the time after which to ask again.</summary>
    /// <param name="evenIfOpen">A test ping: somebody wants to know whether the endpoint is mended.</param>
    public TimeSpan Admit(Guid ticket, DateTimeOffset now, bool evenIfOpen = false)
    {
        foreach (var lost in _running.Where(r => now - r.Value > s_longestRun).Select(r => r.Key).ToList())
        {
            _running.Remove(lost);
        }

        if (OpenUntil is { } until && !evenIfOpen && (now < until || _running.Count > 0))
        {
            return StandInLine(now, now < until ? until : now + s_probeWait);
        }

        if (_running.Count >= limit)
        {
            return StandInLine(now, now);
        }

        _running[ticket] = now;
        return TimeSpan.Zero;
    }

    /// <summary>Reports how it went; true where that opened or closed the circuit.</summary>
    /// <param name="answered">Null: nobody knows, the delivery was broken off.</param>
    public bool Complete(Guid ticket, bool? answered, DateTimeOffset now)
    {
        if (_running.Remove(ticket, out var since))
        {
            _usual = (3 * _usual + (now - since)) / 4;
        }

        return answered switch
        {
            true => Close(now),
            false => Fail(now),
            null => false,
        };
    }

    private bool Close(DateTimeOffset now)
    {
        var wasOpen = OpenUntil is not null;
        (Failures, OpenUntil, FailingSince, _lineEnd) = (0, null, null, now);
        return wasOpen;
    }

    private bool Fail(DateTimeOffset now)
    {
        if (now < OpenUntil)
        {
            return false; // it was under way when the circuit opened, and says nothing new
        }

        if (now - _failedAt > s_longestPause)
        {
            FailingSince = null;
        }

        _failedAt = now;
        FailingSince ??= now;
        Failures++;
        if (Failures < FailuresToOpen)
        {
            return false;
        }

        var doublings = Math.Min(Failures - FailuresToOpen, 10);
        OpenUntil = now + Shorter(FirstOpening * (1 << doublings), LongestOpening);
        return true;
    }

    // Each waits one place longer than who came before, as long as the line moves as it has: so a thousand that wait
    // come back one by one, and not all at once to be sent away again.
    private TimeSpan StandInLine(DateTimeOffset now, DateTimeOffset notBefore)
    {
        var oldest = _running.Count == 0 ? TimeSpan.Zero : now - _running.Values.Min();
        var place = (oldest > _usual ? oldest : _usual) / limit;
        var start = _lineEnd > notBefore ? _lineEnd : notBefore;
        _lineEnd = start + place;
        return Shorter(_lineEnd - now, s_longestWait);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
