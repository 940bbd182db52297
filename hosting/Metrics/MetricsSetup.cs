using Bpc.Core.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Bpc.Hosting.Metrics;

/// <summary>/v1/metrics for Prometheus. Open on loopback; BPC_METRICS_TOKEN closes it.</summary>
public static class MetricsSetup
{
    private static readonly string[] s_frameworks = ["Npgsql", "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    /// <param name="runsJobs">A silo, or a process with a silo in it: its own meter tells of the jobs it ends.</param>
    public static IServiceCollection AddBpcMetrics(
        this IServiceCollection services, string service, BpcSettings settings, bool runsJobs, params string[] meters)
    {
        services.AddSingleton(provider => new ClusterMetrics(
            provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<TimeProvider>(), runsJobs));
        services.AddSingleton<PoolMetrics>();
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(
                    service, serviceVersion: settings.CompilerBuildId, serviceInstanceId: settings.WorkerId)
                .AddEnvironmentVariableDetector()) // last: OTEL_SERVICE_NAME wins
            .WithMetrics(metrics => metrics
                .AddMeter([ClusterMetrics.MeterName, .. s_frameworks, .. meters])
                .AddView(instrument => MetricViews.Of(instrument, settings.Metrics))
                .AddPrometheusExporter(o => o.ScopeInfoEnabled = false)); // the quickstart's labels and no others
        return services;
    }

    public static void MapBpcMetrics(this WebApplication app, MetricsSettings settings)
    {
        if (!settings.Enabled)
        {
            return;
        }

        app.Services.GetRequiredService<PoolMetrics>(); // listens from now on
        var export = ((IApplicationBuilder)app).New().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();
        app.MapGet("/v1/metrics", async (HttpContext http, ClusterMetrics cluster, CancellationToken ct) =>
        {
            if (settings.Token is { } token
                && !SecretText.IsEqual(http.Request.Headers.Authorization.ToString(), $"Bearer {token}"))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                http.Response.Headers.WWWAuthenticate = "Bearer";
                return;
            }

            await cluster.RefreshAsync(ct);
            await export(http);
        }).AllowAnonymous().WithTags("Operations").WithSummary("Metrics for Prometheus")
            .Produces(StatusCodes.Status200OK, contentType: "text/plain");
    }
}
