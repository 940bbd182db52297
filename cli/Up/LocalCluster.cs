using System.Net.Sockets;
using Bpc.Cli.Settings;
using Bpc.Core.Settings;
using Bpc.Gateway;
using Bpc.Gateway.Auth;
using Bpc.Grains.Storage;
using Bpc.Hosting;
using Bpc.Silo;
using Bpc.Silo.Postgres;
using Npgsql;

namespace Bpc.Cli.Up;

/// <summary>
/// A silo, the gateway and, unless BPC_DB_HOST is set, a private PostgreSQL: started in order, stopped in the reverse
/// one.
/// </summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _running = new();
    private WebApplication? _gateway;

    private LocalCluster(BpcSettings settings) => Settings = settings;

    public BpcSettings Settings { get; private set; }

    /// <summary>The gateway, as this machine calls it.</summary>
    public Uri Address => HttpAddress.OnThisMachine(Settings.Http.Host, Settings.Http.Port);

    /// <summary>The silo's own port, as this machine calls it.</summary>
    public Uri SiloAddress { get; private set; } = null!;

    /// <summary>Opens psql on the private PostgreSQL; null where BPC_DB_HOST names another.</summary>
    public string? PsqlLine { get; private set; }

    public NpgsqlDataSource Database { get; private set; } = null!;

    public static async Task<LocalCluster> StartAsync(
        BpcHome home, BpcSettings settings, Action<string> say, CancellationToken ct)
    {
        var cluster = new LocalCluster(settings);
        try
        {
            await cluster.StartAsync(home, say, ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A link that signs a browser on this machine in, once; as whose, <paramref name="tenant"/> says once it is used.
    /// </summary>
    public string SignInLink(Func<Task<Guid>> tenant, string path) => new Uri(
        Address, _gateway!.Services.GetRequiredService<SignInLinks>().Create(tenant, Role.Admin, path)).ToString();

    /// <summary>Ends when <paramref name="stop"/> is cancelled.</summary>
    public static async Task UntilStoppedAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }

    /// <summary>
    /// The gateway first, so that nobody is promised anything more; then the silo, which drains; then the database.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new StopDeadline(Settings.Jobs);
        while (_running.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    private async Task StartAsync(BpcHome home, Action<string> say, CancellationToken ct)
    {
        ChoosePort(say);

        // A fresh cluster each time: the membership rows of one that crashed would cost minutes.
        Settings = Settings with { Silo = Settings.Silo with { ClusterId = $"up-{Guid.CreateVersion7():n}" } };
        if (Settings.Database.Host is null)
        {
            var postgres = await EmbeddedPostgres.StartAsync(home.Path, say, ct);
            _running.Push(postgres);
            PsqlLine = postgres.PsqlLine;
            Settings = Settings with { Database = postgres.Settings };
        }

        await Migrator.ApplyAsync(Settings.Database.ToConnectionString(), say, ct);
        Database = NpgsqlDataSource.Create(Settings.Database.ToConnectionString());
        _running.Push(Database);
        await DefunctClusters.RemoveAsync(Database, ct);
        var silo = SiloHost.Build([], Settings);
        await RunAsync(silo, ct);
        SiloAddress = HttpAddress.OnThisMachine(Settings.Http.Host, new Uri(silo.Urls.First()).Port);
        await StartGatewayAsync(silo.Services, say, ct);
    }

    private async Task StartGatewayAsync(IServiceProvider silo, Action<string> say, CancellationToken ct)
    {
        for (var started = false; !started;)
        {
            _gateway = GatewayHost.Build(
                [], Settings, silo.GetRequiredService<IClusterClient>(), silo.GetRequiredService<ILoggerFactory>());
            try
            {
                await RunAsync(_gateway, ct);
                started = true;
            }
            catch (Exception e) when (
                e is IOException or SocketException && !HttpPort.IsFree(Settings.Http.Host, Settings.Http.Port))
            {
                ChoosePort(say); // somebody took it since we looked
            }
        }
    }

    private void ChoosePort(Action<string> say)
    {
        var asked = Variables.All().ContainsKey("BPC_HTTP_PORT");
        Settings = Settings with
        {
            Http = Settings.Http with { Port = HttpPort.Choose(Settings.Http.Host, Settings.Http.Port, asked, say) },
        };
    }

    private async Task RunAsync(WebApplication host, CancellationToken ct)
    {
        _running.Push(new Stopping(host));
        await host.StartAsync(ct);
    }

    /// <summary>A host drains before it is disposed of; how long that may take is its own setting.</summary>
    private sealed record Stopping(WebApplication Host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync();
            await Host.DisposeAsync();
        }
    }
}
