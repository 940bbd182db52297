namespace Bpc.GrainInterfaces.Jobs;

/// <summary>A tenant's jobs by the clock (key: tenant_id).</summary>
[Alias("bpc.IJobSchedulesGrain")]
public interface IJobSchedulesGrain : IGrainWithGuidKey
{
    /// <summary>
    /// The tenant's schedule of that name becomes this one and goes on from now. INVALID_STATE where it would be one
    /// more than a tenant may have.
    /// </summary>
    [Alias("Schedule")]
    Task<JobScheduleState> ScheduleAsync(Call call, JobSchedule schedule);

    /// <summary>No more jobs by it; those it has queued stay. NOT_FOUND where the tenant has none so named.</summary>
    [Alias("Unschedule")]
    Task<JobScheduleState> UnscheduleAsync(Call call, string name);
}

/// <summary>A job at each occurrence of a cron expression.</summary>
/// <param name="Name">1 to 63 lower-case letters, digits, hyphens and underscores; the tenant's own.</param>
/// <param name="Payload">A JSON object.</param>
/// <param name="Priority">0 to 3; lower runs first.</param>
/// <param name="Cron">Minute, hour, day, month, weekday; or with seconds before them.</param>
/// <param name="TimeZone">Whose clock, such as Europe/Vienna.</param>
/// <param name="CatchUp">
/// Of the occurrences missed while no silo ran: <c>last</c>, <c>all</c> (a hundred a second) or <c>none</c>.
/// </param>
[GenerateSerializer, Immutable, Alias("bpc.JobSchedule")]
public sealed record JobSchedule(
    [property: Id(0)] string Name, [property: Id(1)] string Type, [property: Id(2)] string Payload,
    [property: Id(3)] int Priority, [property: Id(4)] string Cron, [property: Id(5)] string TimeZone,
    [property: Id(6)] string CatchUp);

/// <summary>A schedule of that name is there, or is no longer.</summary>
[GenerateSerializer, Immutable, Alias("bpc.JobScheduleState")]
public sealed record JobScheduleState([property: Id(0)] string Name, [property: Id(1)] string Status);
