using System.ComponentModel.DataAnnotations;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Jobs;
using Controls = Bpc.GrainInterfaces.Jobs.JobControls;

namespace Bpc.Gateway.Routes;

/// <summary>What holds a tenant's jobs back: pauses and limits.</summary>
internal static class JobControls
{
    public static void MapJobControls(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/jobs:controls", ControlsAsync).RequireAuthorization(Permission.JobRead).WithTags("Jobs")
            .WithSummary("Pauses and limits")
            .WithDescription("The tenant's own; an operator may have set others for all.");
        v1.MapPost("/jobs:pause", PauseAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Start no more jobs").WithDescription("Of one type, or of all; what runs goes on.")
            .Example("""{"type": "DELIVER_WEBHOOK", "reason": "the receiver moves"}""");
        v1.MapPost("/jobs:resume", ResumeAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Take a pause back").Example("""{"type": "DELIVER_WEBHOOK"}""");
        v1.MapPost("/jobs:limit", LimitAsync).RequireAuthorization(Permission.JobOperate).WithTags("Jobs")
            .WithSummary("Limit jobs").WithDescription("At once, or started in a minute; without numbers, no longer.")
            .Example("""{"type": "COMPILE_PASSPORT", "max_running": 4, "max_per_minute": 600}""");
    }

    private static Task<Controls> ControlsAsync(Caller caller, JobQueries jobs, CancellationToken ct) =>
        jobs.ControlsAsync(caller.TenantId, ct);

    private static Task<Controls> PauseAsync(Body<PauseRequest> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).PauseAsync(caller.Call, body.Value.Type, body.Value.Reason);

    private static Task<Controls> ResumeAsync(Body<ResumeRequest> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).ResumeAsync(caller.Call, body.Value.Type);

    private static Task<Controls> LimitAsync(Body<LimitRequest> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IJobsGrain>(caller.TenantId).LimitAsync(
            caller.Call, body.Value.Type, body.Value.MaxRunning, body.Value.MaxPerMinute);

    private sealed record PauseRequest(
        [property: StringLength(100)] string? Type = null, [property: StringLength(500)] string? Reason = null);

    private sealed record ResumeRequest([property: StringLength(100)] string? Type = null);

    private sealed record LimitRequest(
        [property: StringLength(100)] string? Type = null, [property: Range(0, 1_000_000)] int? MaxRunning = null,
        [property: Range(1, 1_000_000)] int? MaxPerMinute = null);
}
