using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Bpc.Hosting.Tracing;

/// <summary>
/// Spans go to an OpenTelemetry collector where OTEL_EXPORTER_OTLP_ENDPOINT names one. Elsewhere nobody listens, and
/// none is made.
/// </summary>
public static class TracingSetup
{
    private static readonly string[] s_endpoints =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    private static readonly string[] s_sources = ["Bpc.Jobs", "Npgsql"];

    public static void AddBpcTracing(this WebApplicationBuilder builder)
    {
        if (!Array.Exists(s_endpoints, name => builder.Configuration[name] is { Length: > 0 }))
        {
            return;
        }

        var ratio = builder.Configuration.GetValue("OTEL_TRACES_SAMPLER_ARG", 1.0);
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing
                .AddSource(s_sources)
                .SetSampler(new ParentBasedSampler(new WorkSampler(ratio)))
                .AddAspNetCoreInstrumentation(o => o.Filter = IsWorthATrace)
                .AddOtlpExporter());
    }

    // A prober asks every few seconds, and a dashboard's page every second.
    private static bool IsWorthATrace(HttpContext http) =>
        !http.Request.Path.StartsWithSegments("/v1/health") && !http.Request.Path.StartsWithSegments("/v1/metrics")
        && !http.Request.Path.StartsWithSegments("/dashboard");
}
