using System.Diagnostics;
using Bpc.Core;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>
/// Does what needs a table for itself beside those who use it. Whoever waits for a table stops everybody behind him, so
/// each try waits for a moment only, then lets the others go on.
/// </summary>
internal sealed class TableLocks(NpgsqlConnection connection, Action<string> say, TimeSpan patience)
{
    /// <summary>For the transaction of each try.</summary>
    public const string Short = "SET LOCAL lock_timeout = '3s'";

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    // Those who have had a table for longer than a try waits: a backup, or a forgotten psql session. Since when is not
    // shown to every login.
    private const string Holders = """
        SELECT coalesce(string_agg(concat_ws(' ', 'pid', a.pid, nullif(a.application_name, ''),
                                             'since ' || to_char(a.xact_start, 'HH24:MI:SS TZ')), ', '),
                        'somebody who is gone by now')
          FROM pg_stat_activity a
         WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
           AND coalesce(a.xact_start, '-infinity') < clock_timestamp() - interval '3 s'
           AND EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                        WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation'
                          AND c.relnamespace = current_schema()::regnamespace)
        """;

    /// <summary>
    /// Whether a try ended for want of a lock: whoever it waited for may have waited for one of its own.
    /// </summary>
    public static bool Refused(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Tries until it has got its locks; DB_UNAVAILABLE, with who has them, once patience is over.</summary>
    /// <param name="transaction">One try: begins with <see cref="Short"/>, and leaves nothing where it fails.</param>
    public async Task RunAsync(string what, Func<Task> transaction, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        for (var said = ""; ;)
        {
            try
            {
                await transaction();
                return;
            }
            catch (PostgresException e) when (Refused(e))
            {
                var holders = await HoldersAsync(ct);
                if (Stopwatch.GetElapsedTime(began) > patience)
                {
                    throw new BpcException(
                        BpcError.DbUnavailable,
                        $"{what}: its tables were not free for {patience.TotalSeconds:0} s; they are held by "
                        + $"{holders}. Migrate again once that has ended",
                        inner: e);
                }

                if (said != holders)
                {
                    say($"{what} waits for {said = holders}");
                }

                await Task.Delay(s_pause, ct);
            }
        }
    }

    private async Task<string> HoldersAsync(CancellationToken ct)
    {
        // As the login: a role that is no member of it does not see since when its sessions have been at it.
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var login = new NpgsqlCommand("SET LOCAL ROLE NONE", connection);
        await login.ExecuteNonQueryAsync(ct);
        await using var command = new NpgsqlCommand(Holders, connection);
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }
}
