using Bpc.Core.Settings;
using Bpc.Hosting;
using Bpc.Hosting.Logging;
using Bpc.Hosting.Tracing;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace Bpc.Gateway;

/// <summary>Makes the web server of a gateway.</summary>
public static class GatewayHost
{
    /// <summary>A gateway that connects to the cluster of the settings' database.</summary>
    public static WebApplication Build(string[] args, BpcSettings settings)
    {
        settings.RequireDatabase("a gateway");
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddBpcLogging(settings.Log);
        builder.UseOrleansClient(client => Connect(client, settings));
        builder.AddBpcTracing(); // beside a silo, the silo's own hears this process's spans

        // The server answers /v1/health/live while the client still looks for a silo.
        builder.Services.Configure<HostOptions>(o => o.ServicesStartConcurrently = true);
        return builder.Finish(settings, besideSilo: false);
    }

    /// <summary>A gateway beside a silo in one process: it shares the silo's client and its log.</summary>
    public static WebApplication Build(
        string[] args, BpcSettings settings, IClusterClient cluster, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(cluster).AddSingleton<IGrainFactory>(cluster);
        new ConnectedClient(builder.Services, builder.Configuration).AddDashboard(o => o.HideTrace = true);
        return builder.Finish(settings, besideSilo: true);
    }

    private static WebApplication Finish(this WebApplicationBuilder builder, BpcSettings settings, bool besideSilo)
    {
        builder.ListenAt(settings.Http);
        builder.Services.AddBpcGateway(settings, besideSilo);
        var app = builder.Build().MapBpcGateway();
        app.Lifetime.ApplicationStarted.Register(
            () => app.Logger.LogInformation("Gateway listening: {Address}", string.Join(", ", app.Urls)));
        return app;
    }

    /// <summary>Where Kestrel listens, and what it refuses before any code of ours runs.</summary>
    private static void ListenAt(this WebApplicationBuilder builder, HttpSettings http)
    {
        builder.WebHost.UseUrls(HttpAddress.ToListen(http.Host, http.Port));
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = Http.RequestBody.DefaultMaxBytes; // routes that take more say so
            server.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            server.Limits.MaxRequestLineSize = 8 * 1024;
            server.Limits.MaxConcurrentConnections = 2_000;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
    }

    private static void Connect(IClientBuilder client, BpcSettings settings)
    {
        client.Configure<ClusterOptions>(
            o => (o.ClusterId, o.ServiceId) = (settings.Silo.ClusterId, settings.Silo.ServiceId));
        client.UseAdoNetClustering(o =>
        {
            o.Invariant = "Npgsql";
            o.ConnectionString = settings.Database.ToConnectionString(DatabaseRole.Gateway);
        });
        // As in the silos: whoever no longer waits for an answer needs none.
        client.Configure<ClientMessagingOptions>(o => o.CancelRequestOnTimeout = true);
        client.UseConnectionRetryFilter<SiloConnectionRetry>();
        client.AddDashboard(o => o.HideTrace = true);
    }

    // What the dashboard is registered on where no client is built.
    private sealed record ConnectedClient(IServiceCollection Services, IConfiguration Configuration) : IClientBuilder;
}
