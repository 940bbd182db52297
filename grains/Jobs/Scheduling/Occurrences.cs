using Cronos;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>Which occurrences of a schedule are due, and up to when it has then been dealt with.</summary>
internal sealed record Occurrences(IReadOnlyList<DateTime> Due, DateTime HandledTo)
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan s_justNow = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Of the time after <paramref name="handledTo"/> up to now (both UTC). Where clocks go forward, an occurrence that
    /// the hour left out comes right after it; where they go back, it comes once.
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

        var between = expression.GetOccurrences(handledTo, now, zone, fromInclusive: false, toInclusive: true);
        if (catchUp == "all")
        {
            List<DateTime> first = [.. between.Take(MostAtOnce)];
            return new(first, first.Count == MostAtOnce ? first[^1] : now); // the others follow in the next rounds
        }

        var last = between.LastOrDefault();
        var missed = last == default || (catchUp == "none" && now - last > s_justNow);
        return new(missed ? [] : [last], last == default ? handledTo : now);
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
