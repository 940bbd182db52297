using Bpc.Cli.Settings;
using Bpc.Core.Settings;
using Bpc.Hosting;
using Bpc.Silo.Postgres;
using Npgsql;

namespace Bpc.Cli;

/// <summary>
/// The database an operator's command works on: that of BPC_DB_*, else the private one under <c>.bpc/</c>, where
/// <c>up</c> runs it now or else for as long as the command takes.
/// </summary>
internal sealed class OperatorDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _own;

    private OperatorDatabase(DatabaseSettings settings, EmbeddedPostgres? own)
    {
        Settings = settings;
        ConnectionString = settings.ToConnectionString();
        Source = NpgsqlDataSource.Create(ConnectionString);
        _own = own;
    }

    public DatabaseSettings Settings { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public static async Task<OperatorDatabase> OpenAsync(Action<string> say, CancellationToken ct)
    {
        var settings = Variables.Database();
        if (settings.Host is not null)
        {
            return new(settings, own: null);
        }

        var home = BpcHome.Find();
        if (EmbeddedPostgres.Running(home.Path) is { } running)
        {
            return new(running, own: null);
        }

        var own = await EmbeddedPostgres.StartAsync(home.Path, say, ct);
        return new(own.Settings, own);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }
}
