using Bpc.Grains.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Grains.Audit;

/// <summary>
/// Links new events into their tenants' chains, about a second after they happened. Every silo looks; a lock in the
/// database lets one at a time write, so that it matters to nobody which silo is alive.
/// </summary>
internal sealed partial class ChainWriter(NpgsqlDataSource database, TimeProvider time, ILogger<ChainWriter> log)
    : BackgroundService
{
    private const int EventsAtOnce = 1000;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await LinkAsync(stoppingToken) == EventsAtOnce)
                {
                }
            }
            catch (NpgsqlException e) when (DatabaseErrors.IsTransient(e))
            {
                Away(e.Message); // what waits is linked when the database is back
            }
            catch (NpgsqlException e)
            {
                Failed(e);
            }
        }
    }

    private async Task<int> LinkAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT link_events($1)");
        command.Parameters.Add(new() { Value = EventsAtOnce });
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    [LoggerMessage(LogLevel.Information, "Events wait to be linked into the audit chain: {Reason}")]
    private partial void Away(string reason);

    [LoggerMessage(LogLevel.Error, "Linking events into the audit chain failed; they wait")]
    private partial void Failed(Exception error);
}
