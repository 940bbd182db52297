using System.Collections.Concurrent;

namespace Bpc.Hosting.Logging;

/// <summary>
/// Bounds how often one and the same warning or error is written: an outage tells the same thousands of times, and
/// hides in them what else there is. Metrics count them all.
/// </summary>
internal sealed class RepeatLimit(TimeProvider clock)
{
    /// <summary>Lines of one kind a minute.</summary>
    public const int Most = 20;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Category, string Template), Minute> _minutes = new();

    /// <summary>How many of this kind there now are in its minute, this one included.</summary>
    public int Count(string category, string template) =>
        _minutes.GetOrAdd((category, template), _ => new()).Count(clock);

    private sealed class Minute
    {
        private readonly Lock _lock = new();
        private long? _began;
        private int _count;

        public int Count(TimeProvider clock)
        {
            lock (_lock)
            {
                if (_began is not { } began || clock.GetElapsedTime(began) >= s_minute)
                {
                    (_began, _count) = (clock.GetTimestamp(), 0);
                }

                return _count = Math.Min(_count + 1, Most + 1);
            }
        }
    }
}
