using Cronos;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>Which occurrences of a schedule are due, and up to when it has then been dealt with.</summary>
internal sealed record Occurrences(IReadOnlyList<DateTime> Due, DateTime HandledTo)
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan s_justNow = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Of the time after <paramref name="handledTo"/> up to now (both UTC). Where clocks go forward, an occurrence that
    /// the hour left out comes right after it; where they go back, a fixed time comes once, and an interval (every
    /// quarter of an hour) in both hours.
    /// </summary>
    /// <param name="catchUp"><c>last</c>, <c>all</c> or <c>none</c>: what becomes of those that were missed.</param>
    /// <exception cref="FormatException">Not a cron expression, or no such time zone.</exception>
    public static Occurrences Of(string cron, string timeZone, string catchUp, DateTime handledTo, DateTime now)
    {
        var expression = Expression(cron);
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found)
            ? found
            : throw new FormatException($"there is no time zone '{timeZone}'; such as UTC or Europe/Vienna");
        if (handledTo >= now)
        {
            return new([], handledTo); // the clock was set back, or somebody has put the schedule off
        }

        if (catchUp == "all")
        {
            List<DateTime> first =
            [
                .. expression.GetOccurrences(handledTo, now, zone, fromInclusive: false, toInclusive: true)
                    .Take(MostAtOnce),
            ];
            return new(first, first.Count switch
            {
                0 => handledTo,
                MostAtOnce => first[^1], // the others follow in the next rounds
                _ => now,
            });
        }

        if (expression.GetPreviousOccurrence(now, zone, inclusive: true) is not { } last || last <= handledTo)
        {
            return new([], handledTo);
        }

        return new(catchUp == "none" && now - last > s_justNow ? [] : [last], now);
    }

    private static CronExpression Expression(string cron)
    {
        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            return CronExpression.Parse(cron, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        }
        catch (CronFormatException e)
        {
            throw new FormatException($"cron '{cron}': {e.Message}", e);
        }
    }
}
