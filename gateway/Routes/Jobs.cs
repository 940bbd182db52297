using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Gateway.Routes;

/// <summary>A tenant's jobs, and an operator's hand on them.</summary>
internal static class Jobs
{
    public static void MapJobs(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/jobs", ListAsync).RequireAuthorization(Permission.JobRead).WithTags("Jobs")
            .WithSummary("List jobs, newest first");
        v1.MapGet("/jobs/{id:guid}", GetAsync).RequireAuthorization(Permission.JobRead).WithTags("Jobs")
            .WithSummary("State of a job");
        v1.MapPost("/jobs/{id:guid}/retry", RetryAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Queue a finished job again").WithDescription("INVALID_STATE while it is QUEUED or RUNNING.");
        v1.MapPost("/jobs/{id:guid}/cancel", CancelAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Cancel a job")
            .WithDescription("A queued one never runs; a running one is told to stop and commits nothing.");
        v1.MapPost("/jobs:retry", RetryManyAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Queue many jobs again")
            .WithDescription("All of the filter; status is DEAD_LETTER where absent.")
            .Example("""{"status": "DEAD_LETTER", "type": "DELIVER_WEBHOOK", "error_code": "WEBHOOK_FAILED"}""");
    }

    private static Task<Page<JobRow>> ListAsync(
        [AsParameters] JobListFilter filter, [AsParameters] PageRequest page, Caller caller, JobQueries jobs,
        CancellationToken ct) =>
        jobs.JobsAsync(caller.TenantId, filter, page, ct);

    private static async Task<JobRow> GetAsync(Guid id, Caller caller, JobQueries jobs, CancellationToken ct) =>
        (await jobs.JobAsync(caller.TenantId, id, ct)).OrNotFound("job", id);

    private static Task<JobQueued> RetryAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).RetryAsync(caller.Call, id);

    private static Task<JobQueued> CancelAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).CancelAsync(caller.Call, id);

    private static async Task<RetriedAnswer> RetryManyAsync(
        Body<JobSelection> body, Caller caller, IGrainFactory grains) =>
        new(await grains.GetGrain<IJobsGrain>(caller.TenantId)
            .RetryManyAsync(caller.Call, new(body.Value.Status, body.Value.Type, body.Value.ErrorCode)));

    private sealed record JobSelection(
        [property: AllowedValues("DEAD_LETTER", "FAILED", "CANCELLED", "SUCCEEDED")] string Status = "DEAD_LETTER",
        [property: StringLength(100)] string? Type = null,
        [property: StringLength(100)] string? ErrorCode = null);

    private sealed record RetriedAnswer([property: Description("How many jobs were queued again.")] int Retried);
}
