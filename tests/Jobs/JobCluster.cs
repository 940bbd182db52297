using Bpc.Core.Settings;
using Bpc.Grains;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Claiming;
using Bpc.Tests.Database;
using Orleans.TestingHost;

namespace Bpc.Tests.Jobs;

/// <summary>
/// Silos with the real engine on a test's database: worker-1, worker-2, … with the handlers the test gives them.
/// </summary>
public sealed class JobCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private JobCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public IGrainFactory Grains => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    /// <param name="more">What a test wants otherwise in each silo.</param>
    /// <param name="reachedAs">The way to the database, where it is not the usual one.</param>
    public static async Task<JobCluster> StartAsync(
        TestDatabase database, JobSettings jobs, IReadOnlyList<IJobHandler> handlers, short silos = 1,
        int? retentionDays = null, LogLines? log = null,
        Action<ISiloBuilder>? more = null, DatabaseSettings? reachedAs = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        var started = 0;
        builder.ConfigureSilo((_, silo) =>
        {
            var worker = $"worker-{Interlocked.Increment(ref started)}";
            silo.AddBpcGrains(new()
            {
                Database = reachedAs ?? database.Settings,
                Jobs = jobs,
                WorkerId = worker,
                RetentionJobsDays = retentionDays,
            });
            if (log is not null)
            {
                silo.Services.AddSingleton<ILoggerProvider>(log);
            }

            more?.Invoke(silo);
            silo.UseInMemoryReminderService();
            foreach (var handler in handlers)
            {
                silo.Services.AddSingleton(handler);
            }
        });
        var cluster = new JobCluster(builder.Build());
        await cluster._cluster.DeployAsync();
        await cluster.UntilAllKnowAllAsync();
        return cluster;
    }

    /// <summary>One silo more.</summary>
    public async Task StartSiloAsync()
    {
        await _cluster.StartAdditionalSiloAsync();
        await UntilAllKnowAllAsync();
    }

    private Task UntilAllKnowAllAsync() => JobRows.UntilAsync(
        () => Task.FromResult(Silos.All(silo => KnownTo(silo) == Silos.Count)), "the silos know of each other");

    private static int KnownTo(InProcessSiloHandle silo) => silo.ServiceProvider
        .GetRequiredService<ISiloStatusOracle>().GetApproximateSiloStatuses(onlyActive: true).Count;

    public T Service<T>(int silo = 0) where T : notnull => _cluster.Silos[silo].ServiceProvider.GetRequiredService<T>();

    internal IDispatcherGrain Dispatcher(int silo = 0) =>
        Grains.GetGrain<IDispatcherGrain>(_cluster.Silos[silo].SiloAddress.ToParsableString());

    /// <summary>Claims what waits of the type, by hand, for the first silo.</summary>
    internal async Task<List<ClaimedJob>> ClaimAsync(string type)
    {
        var claims = Service<ClaimStore>();
        var lanes = await claims.FindAsync([type], countTo: 0, TestContext.Current.CancellationToken);
        var claim = await claims.ClaimAsync(
            [.. lanes.All.Select(lane => new LaneQuota(lane, 10, 10))], TestContext.Current.CancellationToken);
        return claim.Jobs;
    }

    /// <summary>Stops it, and returns when the others know.</summary>
    public async Task StopSiloAsync(int silo)
    {
        await _cluster.StopSiloAsync(_cluster.Silos[silo]);
        await UntilAllKnowAllAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();
}
