using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs.Operating;
using Bpc.Grains.Jobs.Running;
using Orleans.Concurrency;

namespace Bpc.Grains.Jobs.Scheduling;

/// <summary>
/// Writes a tenant's schedules, on whichever silo it is asked; <see cref="Scheduler"/> reads them. Unlike a job a
/// schedule is a standing order of whoever gave it, so setting and removing one are events, in one chain of the
/// tenant's.
/// </summary>
[StatelessWorker(1)]
internal sealed class JobSchedulesGrain(Transactions transactions, JobHandlers handlers) : Grain, IJobSchedulesGrain
{
    private const int Most = 50;

    public Task<JobScheduleState> ScheduleAsync(Call call, JobSchedule schedule)
    {
        ScheduleInput.Check(schedule).OneOf("/type", schedule.Type, handlers.Types).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            await tx.LockAsync("job_schedules"); // other silos have this grain too
            var others = await tx.FirstAsync<Schedules>(
                """
                SELECT count(*)::int AS Count FROM job_schedules WHERE tenant_id = @TenantId AND name <> @Name
                """,
                new { tx.TenantId, schedule.Name });
            if (others!.Count >= Most)
            {
                throw new BpcException(
                    BpcError.InvalidState, $"there are {others.Count} schedules; a tenant has at most {Most}");
            }

            var changed = await tx.ExecuteAsync(
                OperatorStatements.Schedule, OperatorStatements.Of(tx.TenantId, schedule));
            if (changed == 1)
            {
                await tx.WriteAsync(tx.Event(
                    EventTypes.JobScheduleSet, tx.TenantId, ("name", schedule.Name), ("type", schedule.Type),
                    ("cron", schedule.Cron), ("time_zone", schedule.TimeZone)));
            }

            return new JobScheduleState(schedule.Name, "SCHEDULED");
        });
    }

    public Task<JobScheduleState> UnscheduleAsync(Call call, string name) => transactions.RunAsync(call, async tx =>
    {
        if (await tx.ExecuteAsync(OperatorStatements.Unschedule, new { tx.TenantId, name }) == 0)
        {
            throw new BpcException(BpcError.NotFound, $"there is no schedule {name}");
        }

        await tx.WriteAsync(tx.Event(EventTypes.JobScheduleRemoved, tx.TenantId, ("name", name)));
        return new JobScheduleState(name, "UNSCHEDULED");
    });

    private sealed record Schedules(int Count);
}
