using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>A tenant's jobs, and an operator's hand on them.</summary>
internal static class Jobs
{
    public static void MapJobs(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/jobs", ListAsync).RequireAuthorization(Permission.JobRead).WithTags("Jobs")
            .WithSummary("List jobs, newest first");
        v1.MapPost("/jobs", EnqueueAsync).RequireAuthorization(Permission.JobEnqueue).WithTags("Jobs")
            .WithSummary("Queue a job")
            .WithDescription("""
                At once, or no earlier than `scheduled_at`; of those that wait the one with the lower `priority` starts
                first. What the pipeline needs it queues itself.
                """)
            .Example("""
                {
                  "type": "EXPORT_PASSPORT",
                  "payload": {"passport_version_id": "01982f6e-7d1c-7c3e-9b1a-3f6c1d2e4a5b", "format": "bundle"},
                  "priority": 3,
                  "scheduled_at": "2027-02-18T00:00:00Z"
                }
                """);
        v1.MapGet("/jobs/{id:guid}", GetAsync).RequireAuthorization(Permission.JobRead).WithTags("Jobs")
            .WithSummary("State of a job");
        v1.MapPost("/jobs/{id:guid}/retry", RetryAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Queue a finished job again").WithDescription("INVALID_STATE while it is QUEUED or RUNNING.");
        v1.MapPost("/jobs/{id:guid}/cancel", CancelAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Cancel a job")
            .WithDescription("A queued one never runs; a running one is told to stop and commits nothing.");
        v1.MapPost("/jobs/{id:guid}/snooze", SnoozeAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Let a queued job wait")
            .WithDescription("That long from now; INVALID_STATE for any other job.")
            .Example("""{"seconds": 1800}""");
        v1.MapPost("/jobs:retry", RetryManyAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Queue many jobs again")
            .WithDescription("""
                All of the filter, or, of very many, as many as ten seconds are enough for, 100,000 at most: ask again,
                with the answer's `before`, until `retried` is 0; what fails again meanwhile is left as it is. `status`
                is DEAD_LETTER where absent.
                """)
            .Example("""{"status": "DEAD_LETTER", "type": "DELIVER_WEBHOOK", "error_code": "WEBHOOK_FAILED"}""");
    }

    private static Task<Page<JobRow>> ListAsync(
        [AsParameters] JobListFilter filter, [AsParameters] PageRequest page, Caller caller, JobQueries jobs,
        CancellationToken ct) =>
        jobs.JobsAsync(caller.TenantId, filter, page, ct);

    private static async Task<Accepted<JobQueued>> EnqueueAsync(
        Body<NewJob> body, Caller caller, IGrainFactory grains)
    {
        var job = body.Value;
        var queued = await grains.GetGrain<IJobsGrain>(caller.TenantId).EnqueueAsync(caller.Call, new(
            job.Type, job.Payload?.GetRawText() ?? "{}", job.Priority, job.ScheduledAt?.UtcDateTime));
        return TypedResults.Accepted($"/v1/jobs/{queued.JobId}", queued);
    }

    private static async Task<JobRow> GetAsync(Guid id, Caller caller, JobQueries jobs, CancellationToken ct) =>
        (await jobs.JobAsync(caller.TenantId, id, ct)).OrNotFound("job", id);

    private static Task<JobQueued> RetryAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).RetryAsync(caller.Call, id);

    private static Task<JobQueued> CancelAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).CancelAsync(caller.Call, id);

    private static Task<JobQueued> SnoozeAsync(
        Guid id, Body<SnoozeRequest> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).SnoozeAsync(caller.Call, id, body.Value.Seconds);

    private static async Task<RetriedAnswer> RetryManyAsync(
        Body<JobSelection> body, Caller caller, IGrainFactory grains)
    {
        var jobs = body.Value;
        var retried = await grains.GetGrain<IJobsGrain>(caller.TenantId).RetryManyAsync(
            caller.Call, new(jobs.Status, jobs.Type, jobs.ErrorCode, jobs.Before?.UtcDateTime));
        return new(retried.Jobs, retried.Before);
    }

    private sealed record NewJob(
        [property: StringLength(100, MinimumLength = 1)] string Type,
        [property: Description("An object, the job's input; empty where absent.")] JsonElement? Payload = null,
        [property: Range(0, 3), Description("Lower runs first.")] int Priority = 2,
        [property: Description("It starts no earlier; at once where absent.")] DateTimeOffset? ScheduledAt = null);

    private sealed record JobSelection(
        [property: AllowedValues("DEAD_LETTER", "FAILED", "CANCELLED", "SUCCEEDED")] string Status = "DEAD_LETTER",
        [property: StringLength(100)] string? Type = null,
        [property: StringLength(100)] string? ErrorCode = null,
        [property: Description("Those that ended earlier; before the call where absent.")]
        DateTimeOffset? Before = null);

    private sealed record SnoozeRequest([property: Range(1, 31_536_000)] int Seconds);

    private sealed record RetriedAnswer(
        [property: Description("How many jobs were queued again.")] int Retried,
        [property: Description("Of those that ended earlier; for the next request.")] DateTime Before);
}
