using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Gateway.Routes;

/// <summary>A tenant's jobs by the clock.</summary>
internal static class JobSchedules
{
    public static void MapJobSchedules(this IEndpointRouteBuilder v1)
    {
        var schedules = v1.MapGroup("/job-schedules").WithTags("Jobs");
        schedules.MapGet("/", ListAsync).RequireAuthorization(Permission.JobRead).WithSummary("List schedules by name")
            .WithDescription("The tenant's own; an operator may have made others for all.");
        schedules.MapPut("/{name}", ScheduleAsync).RequireAuthorization(Permission.JobEnqueue)
            .WithSummary("Queue a job again and again")
            .WithDescription("""
                At each occurrence of `cron` (five fields, or six with seconds first) by the clock of `time_zone`. A
                schedule of that name becomes this one and goes on from now. `catch_up` says what becomes of occurrences
                that were missed: the `last`, `all` or `none`.
                """)
            .Example("""
                {
                  "type": "RUN_RULE_TESTS",
                  "payload": {"rule_package_version_id": "01982f6e-8a00-7000-8000-000000000001", "seed": 7},
                  "cron": "30 2 * * 1-5",
                  "time_zone": "Europe/Vienna"
                }
                """);
        schedules.MapDelete("/{name}", UnscheduleAsync).RequireAuthorization(Permission.JobEnqueue)
            .WithSummary("Take a schedule back").WithDescription("The jobs it has queued stay.");
    }

    private static Task<Page<JobScheduleRow>> ListAsync(
        [AsParameters] PageRequest page, Caller caller, JobQueries jobs, CancellationToken ct) =>
        jobs.SchedulesAsync(caller.TenantId, page, ct);

    private static Task<JobScheduleState> ScheduleAsync(
        string name, Body<NewSchedule> body, Caller caller, IGrainFactory grains)
    {
        var schedule = body.Value;
        return grains.GetGrain<IJobSchedulesGrain>(caller.TenantId).ScheduleAsync(caller.Call, new(
            name, schedule.Type, schedule.Payload?.GetRawText() ?? "{}", schedule.Priority, schedule.Cron,
            schedule.TimeZone, schedule.CatchUp));
    }

    private static Task<JobScheduleState> UnscheduleAsync(string name, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobSchedulesGrain>(caller.TenantId).UnscheduleAsync(caller.Call, name);

    private sealed record NewSchedule(
        [property: StringLength(100, MinimumLength = 1)] string Type,
        [property: StringLength(200, MinimumLength = 1)] string Cron,
        [property: Description("An object, each job's input; empty where absent.")] JsonElement? Payload = null,
        [property: Range(0, 3), Description("Lower runs first.")] int Priority = 2,
        [property: StringLength(100, MinimumLength = 1)] string TimeZone = "UTC",
        [property: AllowedValues("last", "all", "none")] string CatchUp = "last");
}
