using Bpc.Core.Settings;
using Bpc.Grains;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Hosting;
using Bpc.Hosting.Logging;
using Bpc.Hosting.Metrics;
using Bpc.Hosting.Tracing;
using Microsoft.AspNetCore.Authentication;
using Orleans.Dashboard;

namespace Bpc.Silo;

/// <summary>
/// A silo with its own HTTP port for health, metrics and the dashboard: a process of its own, or beside others in one.
/// </summary>
public static class SiloHost
{
    // Beyond the handlers' grace: releasing what is left, leaving the cluster.
    private static readonly TimeSpan s_leaving = TimeSpan.FromSeconds(15);

    /// <summary>CONFIG_MISSING where the settings name no database.</summary>
    public static WebApplication Build(string[] args, BpcSettings settings) => Build(args, settings, more: []);

    /// <summary>With handlers of job types beside this build's own, such as the benchmark's.</summary>
    public static WebApplication Build(string[] args, BpcSettings settings, IReadOnlyList<IJobHandler> more)
    {
        settings.RequireDatabase("a silo");
        // Settings are read once. Nothing watches the working directory, where somebody else may write all day.
        var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
        // The watchdog reports the machine's whole uptime as a stall when it starts.
        builder.Logging.AddBpcLogging(settings.Log).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        builder.UseOrleans(silo => silo.JoinCluster(settings).AddBpcGrains(settings).AddDashboard());
        builder.Services.AddSingleton<IFatalErrorHandler, FatalErrors>();
        builder.Services.AddQueueTrigger(settings);
        foreach (var handler in more)
        {
            builder.Services.AddSingleton(handler);
        }

        builder.AddBpcTracing();
        builder.Services.AddBpcMetrics(
            "bpc-worker", settings, runsJobs: true, JobMetrics.Name, "Microsoft.Orleans");
        builder.Services.AddAuthentication(DashboardAccess.Name)
            .AddScheme<AuthenticationSchemeOptions, DashboardAccess>(DashboardAccess.Name, null);
        builder.Services.AddAuthorization();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.Jobs.ShutdownGrace + s_leaving);
        builder.WebHost.ListenOn(settings).ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = 0; // health, metrics and the dashboard are only read
        });

        var app = builder.Build();
        app.Use(SecurityHeaders.AddAsync);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapBpcMetrics(settings.Metrics);
        app.MapOrleansDashboard("/dashboard").RequireAuthorization();
        app.Lifetime.ApplicationStarted.Register(() => app.Logger.LogInformation(
            "Listening: {Address} (health, metrics, dashboard)", string.Join(", ", app.Urls)));
        return app;
    }

    // After the silo, which starts in this order: a trigger wakes a dispatcher.
    private static void AddQueueTrigger(this IServiceCollection services, BpcSettings settings)
    {
        if (settings.Queue.Enabled)
        {
            services.AddSingleton<QueueTrigger>();
            services.AddHostedService(s => s.GetRequiredService<QueueTrigger>());
        }
    }
}
