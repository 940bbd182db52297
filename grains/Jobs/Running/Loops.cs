using Bpc.Grains.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Grains.Jobs.Running;

/// <summary>What the engine's background loops share: they end quietly when told to, and no error ends them.</summary>
internal static class Loops
{
    /// <summary>False when cancelled.</summary>
    public static async Task<bool> NextAsync(this PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// One round of a loop: a database that is away is a warning, anything else an error, and the next round tries
    /// again.
    /// </summary>
    public static async Task GuardAsync(this ILogger log, Func<Task> round)
    {
        try
        {
            await round();
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
        catch (NpgsqlException e) when (DatabaseErrors.IsTransient(e))
        {
            log.DatabaseAway(e.Message);
        }
#pragma warning disable CA1031 // the loop must outlive whatever it met
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.RoundFailed(e);
        }
    }
}
