using Bpc.Core.Settings;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Claiming;
using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Operating;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Scheduling;
using Bpc.Grains.Jobs.Waking;
using Bpc.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Hosting;

namespace Bpc.Grains;

/// <summary>Registers what the grains need: the table of contents of this project.</summary>
public static class GrainsSetup
{
    public static ISiloBuilder AddBpcGrains(this ISiloBuilder silo, BpcSettings settings)
    {
        silo.Services.AddSingleton(settings);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(_ => DataSource.Create(settings));
        silo.Services.AddKeyedSingleton(ClaimStore.Connections, (_, _) => DataSource.CreateForClaims(settings));
        silo.Services.AddKeyedSingleton(JobEndStore.Connections, (_, _) => DataSource.CreateForCommits(settings));
        silo.Services.AddSingleton<CpuPool>();
        silo.Services.AddKeyedSingleton(CpuPool.RuleTests, (_, _) => new CpuPool(threads: 1));
        // Whoever no longer waits for an answer needs none: what is queued for it is not computed.
        silo.Configure<SiloMessagingOptions>(o => o.CancelRequestOnTimeout = true);
        silo.AddPlacementDirector<LocalPlacement, LocalPlacementDirector>();
        silo.AddPlacementDirector<KeyedPlacement, KeyedPlacementDirector>();
        silo.AddGrainDirectory(JobDirectory.Name, (services, _) => services.GetRequiredService<JobDirectory>());
        silo.Services.AddJobs().AddSlices();
        return silo;
    }

    private static IServiceCollection AddJobs(this IServiceCollection services) => services
        .AddSingleton<JobHandlers>()
        .AddSingleton<JobWake>()
        .AddSingleton<JobGrains>()
        .AddSingleton<TenantLabels>()
        .AddSingleton<JobTallies>()
        .AddSingleton<JobMetrics>()
        .AddSingleton<EngineMetrics>()
        .AddSingleton<Leases>()
        .AddSingleton<LeaseStore>()
        .AddSingleton<JobEndStore>()
        .AddSingleton<JobAnnouncement>()
        .AddSingleton<JobCountStore>()
        .AddSingleton<ClaimStore>()
        .AddSingleton<LimitStore>()
        .AddSingleton<Claims>()
        .AddSingleton<RescueStore>()
        .AddSingleton<JobStarter>()
        .AddSingleton<JobInserts>()
        .AddSingleton<JobQueue>()
        .AddSingleton<GroupCommit>()
        .AddSingleton<LeaseRenewal>()
        .AddSingleton<Rescuer>()
        .AddSingleton<JobListener>()
        .AddSingleton<ScheduleStore>()
        .AddSingleton<Scheduler>()
        .AddSingleton<HorizonStore>()
        .AddSingleton<HorizonWatch>()
        .AddSingleton<JobProgress>()
        .AddSingleton<IJobHandler, SweepJobsHandler>()
        .AddSingleton<JobDirectory>()
        .AddSingleton<IGrainDirectoryCache>(services => services.GetRequiredService<JobDirectory>())
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, JobEngine>();
}
