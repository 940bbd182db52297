using Bpc.Grains.Jobs.Scheduling;

namespace Bpc.Tests.Jobs;

/// <summary>Which occurrences of a cron expression are due.</summary>
public sealed class OccurrencesTests
{
    private static readonly DateTime s_now = new(2026, 11, 23, 12, 0, 30, DateTimeKind.Utc);

    [Theory]
    [InlineData("last", 1)]
    [InlineData("all", 3)]
    [InlineData("none", 1)]
    public void What_came_since_is_due_once_or_as_often_as_it_came(string catchUp, int due)
    {
        var occurrences = Occurrences.Of("* * * * *", "UTC", catchUp, s_now.AddMinutes(-3), s_now);

        Assert.Equal(due, occurrences.Due.Count);
        Assert.Equal(new DateTime(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc), occurrences.Due[^1]);
        Assert.Equal(s_now, occurrences.HandledTo);
        Assert.Empty(Occurrences.Of("* * * * *", "UTC", catchUp, s_now, s_now).Due);
    }

    [Fact]
    public void What_was_missed_long_ago_is_left_out_where_nothing_is_to_be_caught_up()
    {
        var occurrences = Occurrences.Of("0 3 * * *", "UTC", "none", s_now.AddDays(-2), s_now);

        Assert.Empty(occurrences.Due);
        Assert.Equal(s_now, occurrences.HandledTo);
    }

    [Theory]
    [InlineData("last")]
    [InlineData("all")]
    [InlineData("none")]
    public void Where_nothing_came_since_there_is_nothing_to_write(string catchUp)
    {
        var handled = s_now.AddHours(-2);

        var occurrences = Occurrences.Of("0 3 * * *", "UTC", catchUp, handled, s_now);

        Assert.Empty(occurrences.Due);
        Assert.Equal(handled, occurrences.HandledTo);
    }

    [Fact]
    public void A_schedule_of_seconds_that_slept_for_decades_is_not_counted_up_one_by_one()
    {
        var occurrences = Occurrences.Of("* * * * * *", "Europe/Vienna", "last", s_now.AddYears(-26), s_now);

        Assert.Equal(s_now, Assert.Single(occurrences.Due));
    }

    [Fact]
    public void A_schedule_that_is_put_off_or_whose_clock_was_set_back_waits_until_then()
    {
        foreach (var later in (DateTime[])[s_now.AddSeconds(1), s_now.AddYears(1), DateTime.MaxValue])
        {
            var occurrences = Occurrences.Of("* * * * *", "UTC", "last", later, s_now);

            Assert.Empty(occurrences.Due);
            Assert.Equal(later, occurrences.HandledTo);
        }
    }

    [Fact]
    public void Many_missed_occurrences_come_in_rounds_and_none_is_lost()
    {
        var (from, seen) = (s_now.AddMinutes(-250), new List<DateTime>());
        for (var round = 0; round < 3; round++)
        {
            var occurrences = Occurrences.Of("* * * * *", "UTC", "all", from, s_now);
            seen.AddRange(occurrences.Due);
            from = occurrences.HandledTo;
        }

        Assert.Equal((250, 250), (seen.Count, seen.Distinct().Count()));
        Assert.Equal(s_now, from);
    }

    [Fact]
    public void Summer_time_leaves_none_out_and_doubles_none()
    {
        // Vienna: 2026-03-29 has no 02:30, 2026-10-25 has it twice.
        var spring = Occurrences.Of("30 2 * * *", "Europe/Vienna", "all", Utc(3, 29), Utc(3, 30));
        var autumn = Occurrences.Of("30 2 * * *", "Europe/Vienna", "all", Utc(10, 24, 23), Utc(10, 25, 23));

        Assert.Equal([Utc(3, 29, 1)], spring.Due);
        Assert.Equal([Utc(10, 25).AddMinutes(30)], autumn.Due);
    }

    [Theory]
    [InlineData("every day", "UTC", "every day")]
    [InlineData("61 * * * *", "UTC", "61")]
    [InlineData("* * * * *", "Atlantis", "Atlantis")]
    public void What_cannot_be_read_is_named(string cron, string timeZone, string named) => Assert.Contains(
        named, Assert.Throws<FormatException>(() => Occurrences.Of(cron, timeZone, "last", s_now, s_now)).Message);

    private static DateTime Utc(int month, int day, int hour = 0) => new(2026, month, day, hour, 0, 0, DateTimeKind.Utc);
}
