using System.Globalization;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Running;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Grains.Jobs.Waking;

/// <summary>
/// Hears of jobs queued by plain SQL (sql/020_jobs_wake.sql) and wakes the dispatcher; of running jobs that were
/// cancelled, and stops those that run here.
/// </summary>
internal sealed class JobListener(
    NpgsqlDataSource db, JobWake wake, JobGrains grains, Leases leases, EngineMetrics metrics, BpcSettings settings,
    TimeProvider clock, ILogger<JobListener> log)
{
    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await log.GuardAsync(() => ListenAsync(ct));
            await Task.Delay(s_reconnect, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        var watch = new JobWatch(connection, wake, clock);
        connection.Notification += (_, e) => Hear(watch, e.PID, e.Payload);
        await ExecuteAsync(connection, "LISTEN bpc_jobs", ct);
        wake.Signal(); // for whatever was queued while nobody listened
        while (true)
        {
            var heard = await connection.WaitAsync(watch.Pause ?? settings.Jobs.PollInterval, ct);
            if (watch.HearsCrowd)
            {
                await watch.PromiseAsync(ct);
            }
            else if (!heard && watch.Pause is not null)
            {
                metrics.Woken(WakeSource.Watch);
                await watch.LookAsync(ct);
            }
            else if (!heard)
            {
                // A connection that died without a word looks like a quiet one: asking it something every poll tells
                // them apart.
                await ExecuteAsync(connection, "SELECT 1", ct);
            }
        }
    }

    private void Hear(JobWatch watch, int session, string payload)
    {
        if (payload.Split(' ') is [var id, var number]
            && Guid.TryParse(id, out var job) && long.TryParse(number, CultureInfo.InvariantCulture, out var epoch))
        {
            leases.Stop(grains.Id(job, epoch));
            return;
        }

        watch.Heard(session);
        metrics.Woken(WakeSource.Notify);
        wake.Signal();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 5 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
