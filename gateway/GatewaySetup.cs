using Bpc.Core.Settings;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Pages;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;
using Bpc.Gateway.RateLimits;
using Bpc.Gateway.Routes;
using Bpc.Hosting;
using Bpc.Hosting.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Dashboard;

namespace Bpc.Gateway;

/// <summary>The gateway's table of contents: what it is made of, and every route it answers.</summary>
public static class GatewaySetup
{
    private const string SiloJobMeter = "Bpc.Jobs";

    /// <summary>
    /// Registers the gateway. Grains are called through the container's IGrainFactory: that of an Orleans client, or of
    /// a silo in the same process (<paramref name="besideSilo"/>), whose own job metrics are then exported too.
    /// </summary>
    public static IServiceCollection AddBpcGateway(
        this IServiceCollection services, BpcSettings settings, bool besideSilo)
    {
        services.TryAddSingleton(settings);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GatewayDatabase>();
        services.AddSingleton<DocumentQueries>().AddSingleton<SnapshotQueries>().AddSingleton<RuleQueries>();
        services.AddSingleton<PassportQueries>().AddSingleton<ArtefactQueries>().AddSingleton<PublicPassportQueries>();
        services.AddSingleton<JobQueries>().AddSingleton<AuditQueries>().AddSingleton<WebhookQueries>();
        services.AddSingleton<PublicLink>().AddSingleton<FieldCatalogue>()
            .AddSingleton<AccessQueries>().AddSingleton<ExplanationQueries>();

        services.AddSingleton<RateLimiting>();
        services.AddSingleton<LargeBodies>();

        services.AddBpcAuth();
        services.ConfigureHttpJsonOptions(o => Json.SpellAnswers(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddExceptionHandler<Problems>();
        services.AddRequestTimeouts(o => o.DefaultPolicy = new() { Timeout = TimeSpan.FromSeconds(60) });
        services.AddApiDocument();

        return besideSilo
            ? services.AddBpcMetrics("bpc-gateway", settings, runsJobs: true, SiloJobMeter)
            : services.AddBpcMetrics("bpc-gateway", settings, runsJobs: false);
    }

    /// <summary>The pipeline and all routes.</summary>
    public static WebApplication MapBpcGateway(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<BpcSettings>();
        RateLimiting.BehindProxies(app, settings.Http);
        app.UseMiddleware<CorrelationId>();
        app.Use(SecurityHeaders.AddAsync);
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(Problems.WriteStatusAsync);
        app.Use(HeadRequests.AsGetAsync);
        app.UseRouting();
        app.UseRequestTimeouts();
        if (settings.Http.RateLimitEnabled)
        {
            var limits = app.Services.GetRequiredService<RateLimiting>();
            app.Use(limits.ByAddressAsync);
            app.UseAuthentication();
            app.Use(limits.ByKeyAsync);
        }
        else
        {
            app.UseAuthentication();
        }

        app.UseAuthorization();
        app.Use(RequestBody.ReadAsync);

        MapV1(app.MapGroup("/v1").RequireAuthorization());
        app.MapBpcMetrics(settings.Metrics);
        app.MapSigningKeys();
        app.MapSignIn();
        app.MapPages();
        app.MapPublicPassports();
        app.MapReferencePage();
        app.MapOrleansDashboard("/dashboard").RequireAuthorization(Permission.DashboardView).ExcludeFromDescription();
        return app;
    }

    private static void MapV1(RouteGroupBuilder v1)
    {
        v1.MapHealth();
        v1.MapDocuments();
        v1.MapSchemas();
        v1.MapSnapshots();
        v1.MapRules();
        v1.MapPassports();
        v1.MapPassportVersions();
        v1.MapArtefacts();
        v1.MapExplanations();
        v1.MapJobs();
        v1.MapJobControls();
        v1.MapJobSchedules();
        v1.MapAudit();
        v1.MapWebhooks();
        v1.MapWebhookDeliveries();
        v1.MapAccess();
    }
}
