using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>
/// Warns of what slows every queue in PostgreSQL down unseen: an old snapshot somebody holds, behind which dead rows
/// pile up that each claim must step over, or a vacuum that does not keep up.
/// </summary>
internal sealed partial class HorizonWatch(
    HorizonStore store, EngineMetrics metrics, BpcSettings settings, TimeProvider clock, ILogger<HorizonWatch> log)
{
    private const long ManyDeadRows = 100_000;
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(10);

    private (string? Name, string? Xmin) _holder;
    private long _since;
    private long _warnedAt;

    public async Task RunAsync(CancellationToken ct)
    {
        var period = TimeSpan.FromTicks(
            Math.Min(settings.Jobs.HorizonWarning.Ticks / 2, TimeSpan.FromMinutes(1).Ticks));
        using var timer = new PeriodicTimer(period, clock);
        while (await timer.NextAsync(ct))
        {
            await log.GuardAsync(() => LookAsync(ct));
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        var horizon = await store.ReadAsync(ct);
        metrics.Horizon(horizon);
        if (_holder != (horizon.Name, horizon.Xmin))
        {
            (_holder, _since) = ((horizon.Name, horizon.Xmin), clock.GetTimestamp());
        }

        if (_warnedAt != 0 && clock.GetElapsedTime(_warnedAt) < s_again)
        {
            return;
        }

        var held = clock.GetElapsedTime(_since);
        if (horizon.Kind is not null && held >= settings.Jobs.HorizonWarning)
        {
            _warnedAt = clock.GetTimestamp();
            Held(horizon.Kind, horizon.Name, horizon.Detail, (long)held.TotalSeconds, horizon.Age, horizon.DeadRows,
                Advice(horizon.Kind, horizon.Name!));
        }
        else if (horizon.DeadRows > Math.Max(ManyDeadRows, horizon.LiveRows))
        {
            _warnedAt = clock.GetTimestamp();
            Bloated(horizon.DeadRows, horizon.LiveRows);
        }
    }

    private static string Advice(string kind, string name) => kind switch
    {
        "session" => $"end its transaction, or SELECT pg_terminate_backend({name})",
        "replication slot" => $"let its reader catch up, or SELECT pg_drop_replication_slot('{name}')",
        _ => $"COMMIT PREPARED '{name}' or ROLLBACK PREPARED '{name}'",
    };

    [LoggerMessage(LogLevel.Warning,
        "Old rows cannot be vacuumed, claims will slow down: {Kind} {Name} ({Detail}) has held its snapshot for "
        + "{Seconds} s, {Age} transactions; {DeadRows} dead rows in jobs. What to do: {Advice}")]
    private partial void Held(
        string kind, string? name, string? detail, long seconds, int age, long deadRows, string advice);

    [LoggerMessage(LogLevel.Warning,
        "Vacuum does not keep up: {DeadRows} dead rows in jobs beside {LiveRows} live ones. "
        + "What to do: VACUUM jobs, and a lower autovacuum_vacuum_scale_factor for it")]
    private partial void Bloated(long deadRows, long liveRows);
}
