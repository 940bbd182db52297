using Bpc.Core.Settings;
using Bpc.Hosting;
using Npgsql;

namespace Bpc.Silo;

/// <summary>Whether this process lives, and whether it can do its work.</summary>
internal static class Health
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/v1/health/live", () => TypedResults.Ok(new { status = "live" })).AllowAnonymous();
        app.MapGet("/v1/health/ready", ReadyAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReadyAsync(
        NpgsqlDataSource database, ISiloStatusOracle silo, IServiceProvider services, BpcSettings settings,
        CancellationToken ct)
    {
        var databaseAnswers = await Probe.AnswersAsync(() => AskAsync(database, ct), ct);
        var active = silo.CurrentStatus == SiloStatus.Active;
        var trigger = services.GetService<QueueTrigger>(); // none where the queue is off
        var queueServes = trigger is { Listening: true } || !settings.Metrics.HealthRequireQueue;
        var ready = databaseAnswers && active && queueServes;
        return TypedResults.Json(
            new
            {
                status = ready ? "ready" : "not_ready",
                database = databaseAnswers ? "ok" : "unavailable",
                cluster = active ? "ok" : "unavailable",
                queue = trigger is null ? "off" : trigger.Listening ? "ok" : "unavailable",
            },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task AskAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(ct);
    }
}
