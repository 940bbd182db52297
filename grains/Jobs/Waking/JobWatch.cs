using Npgsql;

namespace Bpc.Grains.Jobs.Waking;

/// <summary>
/// Where many sessions queue jobs by plain SQL at once, NOTIFY would let one of them commit at a time. This silo then
/// announces a time until which it looks by itself and nobody need notify (sql/020_jobs_wake.sql), and goes on looking
/// until every transaction that relied on that has ended.
/// </summary>
internal sealed class JobWatch(NpgsqlConnection connection, JobWake wake, TimeProvider clock)
{
    // So many sessions within so short a time; one that queues job after job is no crowd, and is heard at once.
    private const int Crowd = 4;
    private const int PromiseMs = 500;
    private static readonly TimeSpan s_atOnce = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    // Nobody waits for the disk: a promise that a crash forgets is one that nobody relies on.
    private const string Promise = """
        SELECT set_config('synchronous_commit', 'off', true), setval('bpc_jobs_watched',
               greatest(last_value, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1))
          FROM bpc_jobs_watched
        """;

    private const string Left = """
        SELECT last_value < extract(epoch FROM statement_timestamp()) * 1000,
               pg_snapshot_xmin(pg_current_snapshot())
          FROM bpc_jobs_watched
        """;

    // Who relied on the promise had written its job while it stood, and so had a transaction number, below one that is
    // taken after its end. Once none below that is open, nobody is left. (A snapshot's xmax is no such number: it is
    // one above the last that has ended, and the newest may be open still.)
    private const string Next = "SELECT pg_current_xact_id()";

    private readonly HashSet<int> _sessions = [];
    private long _since;
    private bool _looking = true; // somebody may rely on what this silo promised before it lost its connection
    private TimeSpan _pause = s_look;
    private ulong? _last;

    /// <summary>How long to wait for notifications before it looks; null while they can be relied on.</summary>
    public TimeSpan? Pause => _looking ? _pause : null;

    public bool HearsCrowd => _sessions.Count >= Crowd;

    public void Heard(int session)
    {
        if (clock.GetElapsedTime(_since) > s_atOnce)
        {
            _sessions.Clear();
            _since = clock.GetTimestamp();
        }

        _sessions.Add(session);
    }

    public async Task PromiseAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Promise, connection) { CommandTimeout = 5 };
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PromiseMs });
        await command.ExecuteNonQueryAsync(ct);
        _sessions.Clear();
        (_looking, _pause, _last) = (true, s_look, null);
    }

    /// <summary>A transaction that stays open costs fewer looks, down to one per second.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var (isOver, oldest) = await LeftAsync(ct);
        if (isOver)
        {
            _looking = _last is null || oldest < _last;
            _last ??= await NextAsync(ct);
            _pause = _pause * 2 < s_longestPause ? _pause * 2 : s_longestPause;
        }

        wake.Signal(); // after the answer: who had ended by then is found
    }

    private async Task<(bool IsOver, ulong Oldest)> LeftAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Left, connection) { CommandTimeout = 5 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetBoolean(0), reader.GetFieldValue<ulong>(1));
    }

    private async Task<ulong> NextAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Next, connection) { CommandTimeout = 5 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetFieldValue<ulong>(0);
    }
}
