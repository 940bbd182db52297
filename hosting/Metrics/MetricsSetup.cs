using System.Security.Cryptography;
using System.Text;
using Bpc.Core;
using Bpc.Core.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry.Metrics;

namespace Bpc.Hosting.Metrics;

/// <summary>/v1/metrics for Prometheus. Open on loopback; BPC_METRICS_TOKEN closes it.</summary>
public static class MetricsSetup
{
    public static IServiceCollection AddBpcMetrics(
        this IServiceCollection services, Func<IServiceProvider, CountJobs> count, bool countsCompleted,
        params string[] meters)
    {
        services.AddSingleton(provider => new JobCounts(
            count(provider), provider.GetRequiredService<TimeProvider>(), countsCompleted));
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter([JobCounts.MeterName, "Npgsql", "Microsoft.AspNetCore.Hosting", .. meters])
            .AddPrometheusExporter(o => o.ScopeInfoEnabled = false)); // the quickstart's labels and no others
        return services;
    }

    public static void MapBpcMetrics(this WebApplication app, MetricsSettings settings)
    {
        if (!settings.Enabled)
        {
            return;
        }

        var export = ((IApplicationBuilder)app).New().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();
        app.MapGet("/v1/metrics", async (HttpContext http, JobCounts jobs, CancellationToken ct) =>
        {
            if (settings.Token is { } token
                && !IsEqual(http.Request.Headers.Authorization.ToString(), $"Bearer {token}"))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                http.Response.Headers.WWWAuthenticate = "Bearer";
                return;
            }

            try
            {
                await jobs.RefreshAsync(ct);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or BpcException)
            {
                // What this process counts itself is worth most while database or cluster are away; the table's counts
                // are the last known.
            }

            await export(http);
        }).AllowAnonymous().WithTags("Operations").WithSummary("Metrics for Prometheus")
            .Produces(StatusCodes.Status200OK, contentType: "text/plain");
    }

    // Hashes have one length, and their comparison takes one time: neither tells how much of a guess was right.
    private static bool IsEqual(string sent, string expected) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(sent)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
