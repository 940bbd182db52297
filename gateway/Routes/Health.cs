using Bpc.Gateway.Queries;
using Bpc.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Whether this process lives, and whether it can do its work.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder v1)
    {
        var health = v1.MapGroup("/health").WithTags("Operations").AllowAnonymous();
        health.MapGet("/live", () => TypedResults.Ok(new LiveAnswer("live"))).WithSummary("The process answers");
        health.MapGet("/ready", ReadyAsync).WithSummary("Database and cluster answer");
    }

    private static async Task<Results<Ok<ReadyAnswer>, JsonHttpResult<ReadyAnswer>>> ReadyAsync(
        GatewayDatabase database, IGrainFactory grains, CancellationToken ct)
    {
        var answers = await Task.WhenAll(
            Probe.AnswersAsync(() => database.ListCommonAsync<int>("SELECT 1", new { }, ct), ct),
            Probe.AnswersAsync(() => grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true), ct));
        var ready = new ReadyAnswer(
            answers.All(a => a) ? "ready" : "not_ready",
            answers[0] ? "ok" : "unavailable",
            answers[1] ? "ok" : "unavailable");
        return ready.Status == "ready"
            ? TypedResults.Ok(ready)
            : TypedResults.Json(ready, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record LiveAnswer(string Status);

    private sealed record ReadyAnswer(string Status, string Database, string Cluster);
}
