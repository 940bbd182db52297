using Bpc.Core.Settings;
using Bpc.Grains.Storage;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>
/// A migrated database of one benchmark's own, on the server every operator's command uses; gone when it is over.
/// </summary>
internal sealed class ScratchDatabase : IAsyncDisposable
{
    private readonly OperatorDatabase _server;

    private ScratchDatabase(OperatorDatabase server)
    {
        _server = server;
        Settings = server.Settings with { Name = $"bpc_bench_{Guid.CreateVersion7():n}" };
        Source = NpgsqlDataSource.Create(Settings.ToConnectionString());
    }

    public DatabaseSettings Settings { get; }

    public NpgsqlDataSource Source { get; }

    public static async Task<ScratchDatabase> CreateAsync(Action<string> say, CancellationToken ct)
    {
        var scratch = new ScratchDatabase(await OperatorDatabase.OpenAsync(say, ct));
        try
        {
            say($"Scratch database {scratch.Settings.Name}, dropped at the end");
            await Migrator.ApplyAsync(scratch.Settings.ToConnectionString(), ct);
            return scratch;
        }
        catch
        {
            await scratch.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await using (_server)
        {
            await DropAsync();
        }
    }

    private async Task DropAsync()
    {
        var maintenance = (Settings with { Name = "postgres" }).ToConnectionString() + ";Pooling=false";
        await using var connection = new NpgsqlConnection(maintenance);
        await connection.OpenAsync();
        await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {Settings.Name} WITH (FORCE)", connection);
        await drop.ExecuteNonQueryAsync();
    }
}
