using System.Text.RegularExpressions;
using Bpc.Core;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>Refuses at once what the database would take although it never starts a job.</summary>
internal static partial class ScheduleInput
{
    /// <summary>VALIDATION_ERROR with everything that is wrong.</summary>
    public static void Check(JobSchedule schedule)
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

        check.ThrowIfWrong();
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,62}$")]
    private static partial Regex NamePattern();
}
