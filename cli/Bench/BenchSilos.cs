using Bpc.Core.Settings;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Silo;

namespace Bpc.Cli.Bench;

/// <summary>Silos as a worker runs them, in this process and in a cluster of their own, that also know NOOP.</summary>
internal sealed class BenchSilos(IReadOnlyList<IJobHandler> more) : IAsyncDisposable
{
    private readonly Stack<WebApplication> _running = new();

    /// <summary>The silos share it.</summary>
    public NoopHandler Noop { get; } = new();

    /// <summary>As a grain of the last silo calls others.</summary>
    public IGrainFactory Grains => _running.Peek().Services.GetRequiredService<IGrainFactory>();

    public static async Task<BenchSilos> StartAsync(
        BpcSettings settings, int count, CancellationToken ct, params IReadOnlyList<IJobHandler> more)
    {
        var silos = new BenchSilos(more);
        var cluster = new SiloSettings(ClusterId: $"bench-{Guid.CreateVersion7():n}");
        try
        {
            for (var number = 1; number <= count; number++)
            {
                // A log file has one writer.
                var file = number == 1 ? settings.Log.File : $"{settings.Log.File}.{number}";
                var log = settings.Log with { File = file };
                await silos.StartAsync(
                    settings with { Silo = cluster, WorkerId = $"bench-{number}", Log = log }, ct);
            }

            return silos;
        }
        catch
        {
            await silos.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the last commit is over: no silo holds a lease.</summary>
    public async Task UntilIdleAsync(CancellationToken ct)
    {
        while (_running.Any(host => host.Services.GetRequiredService<Leases>().Count > 0))
        {
            await Task.Delay(1, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var host))
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }
    }

    private async Task StartAsync(BpcSettings settings, CancellationToken ct)
    {
        var host = SiloHost.Build([], settings, [Noop, .. more]);
        _running.Push(host);
        await host.StartAsync(ct);
    }
}
