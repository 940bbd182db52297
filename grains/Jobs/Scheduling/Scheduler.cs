using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Waking;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>
/// Queues jobs by the clock: looks at job_schedules every second, on every silo; one of them gets there first.
/// </summary>
internal sealed partial class Scheduler(
    ScheduleStore store, JobWake wake, BpcSettings settings, TimeProvider clock, ILogger<Scheduler> log)
{
    /// <summary>At night in Europe, and not on the hour, when everybody's jobs start.</summary>
    private const string RetentionTime = "17 3 * * *";

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken ct)
    {
        if (settings.RetentionJobsDays is not null)
        {
            await log.GuardAsync(() => store.AddAsync("retention", JobTypes.SweepJobs, RetentionTime, ct));
        }

        using var timer = new PeriodicTimer(s_period, clock);
        while (await timer.NextAsync(ct))
        {
            await log.GuardAsync(() => RoundAsync(ct));
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        foreach (var schedule in await store.ReadAsync(ct))
        {
            await log.GuardAsync(() => QueueAsync(schedule, ct)); // the others do not wait for one that cannot be done
        }
    }

    private async Task QueueAsync(Schedule schedule, CancellationToken ct)
    {
        try
        {
            var occurrences = Occurrences.Of(
                schedule.Cron, schedule.TimeZone, schedule.CatchUp, schedule.HandledTo, schedule.Now);
            if (occurrences.HandledTo > schedule.HandledTo && await store.QueueAsync(schedule, occurrences, ct))
            {
                Queued(schedule.Name, schedule.Type, occurrences.Due.Count);
                wake.SignalAll();
            }
        }
        catch (FormatException e)
        {
            if (await store.RefuseAsync(schedule, e.Message, ct))
            {
                Unreadable(schedule.Name, e.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Schedule {Name}: {Count} occurrences of {JobType} queued")]
    private partial void Queued(string name, string jobType, int count);

    [LoggerMessage(LogLevel.Warning, "Schedule {Name} cannot be read and starts nothing: {Reason}")]
    private partial void Unreadable(string name, string reason);
}
