using System.Net;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Documents;
using Bpc.Grains.Jobs;
using Bpc.Grains.Passports;
using Bpc.Grains.Rules;
using Bpc.Grains.Snapshots;
using Bpc.Grains.Storage;
using Bpc.Grains.Tenants;
using Bpc.Grains.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bpc.Grains;

/// <summary>Each slice's stores and job handlers: what a silo can do is read here.</summary>
internal static class SlicesSetup
{
    public static IServiceCollection AddSlices(this IServiceCollection services) => services
        .AddSingleton<IIncomingGrainCallFilter, JobScopeFilter>() // around the other: what it logs is the job's too
        .AddSingleton<IIncomingGrainCallFilter, GrainErrorFilter>()
        .AddSingleton<Transactions>()
        .AddSingleton<Housekeeping>()
        .AddHostedService(services => services.GetRequiredService<Housekeeping>())
        .AddSingleton<ApiKeySecrets>()
        .AddHostedService<ChainWriter>()
        .AddDocuments().AddSnapshots().AddRules().AddPassports().AddWebhooks();

    private static IServiceCollection AddDocuments(this IServiceCollection services) => services
        .AddSingleton<DocumentStore>()
        .AddSingleton<IJobHandler, IngestDocumentHandler>()
        .AddSingleton<IJobHandler, ParseFactsHandler>();

    private static IServiceCollection AddSnapshots(this IServiceCollection services) => services
        .AddSingleton<SnapshotStore>()
        .AddSingleton<IJobHandler, BuildSnapshotHandler>();

    private static IServiceCollection AddRules(this IServiceCollection services) => services
        .AddSingleton<RuleStore>()
        .AddSingleton<RuleTestsTurn>()
        .AddSingleton<IJobHandler, RunRuleTestsHandler>();

    private static IServiceCollection AddPassports(this IServiceCollection services) => services
        .AddSingleton<CompileStore>()
        .AddSingleton<PassportVersionStore>()
        .AddSingleton<ExportStore>()
        .AddSingleton<RulePackageCache>()
        .AddSingleton<SigningKeys>()
        .AddSingleton(services => PassportReplay.On(
            services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<CpuPool>()))
        .AddSingleton<ReplayTurns>()
        .AddHostedService<SigningKeyRegistration>()
        .AddSingleton<IJobHandler, CompilePassportHandler>()
        .AddSingleton<IJobHandler, SignPassportHandler>()
        .AddSingleton<IJobHandler, GenerateQrHandler>()
        .AddSingleton<IJobHandler, ExportPassportHandler>();

    private static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<WebhookStore>()
        .AddSingleton<DeliveryStore>()
        .AddSingleton<WebhookSecrets>()
        .AddSingleton<AddressPolicy>()
        .AddSingleton<ResolveHost>(Dns.GetHostAddressesAsync)
        .AddSingleton<WebhookRequest>()
        .AddSingleton<WebhookClient>()
        .AddSingleton<IJobHandler, DeliverWebhookHandler>();
}
