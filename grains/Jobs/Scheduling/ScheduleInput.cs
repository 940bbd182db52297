using System.Text.RegularExpressions;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>
/// What is wrong with a schedule, whatever its type: the database would take it, and it never starts a job.
/// </summary>
internal static partial class ScheduleInput
{
    public static InputCheck Check(JobSchedule schedule)
    {
        var check = new InputCheck()
            .Require(
                NamePattern().IsMatch(schedule.Name), "/name",
                $"is '{schedule.Name}'; 1 to 63 lower-case letters, digits, hyphens and underscores are wanted")
            .Text("/type", schedule.Type, 100)
            .Require(NewJob.IsPriority(schedule.Priority), "/priority", NewJob.WrongPriority(schedule.Priority))
            .OneOf("/catch_up", schedule.CatchUp, "last", "all", "none");
        JobPayload.Check(check, schedule.Payload);
        try
        {
            Occurrences.Of(schedule.Cron, schedule.TimeZone, schedule.CatchUp, DateTime.UtcNow, DateTime.UtcNow);
        }
        catch (FormatException e)
        {
            check.Require(false, "/cron", e.Message);
        }

        return check;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_-]{0,62}\z")]
    private static partial Regex NamePattern();
}
