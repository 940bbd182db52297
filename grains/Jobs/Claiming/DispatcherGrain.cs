using System.Diagnostics;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Waking;
using Bpc.Grains.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Grains.Jobs.Claiming;

/// <summary>
/// Claims jobs for its silo and starts their grains. A timer polls; signals make it poll at once; its reminder brings
/// it back should the activation ever be lost. Nothing depends on one tick.
/// </summary>
[KeyedPlacement]
internal sealed class DispatcherGrain(
    Claims claims, JobStarter starter, Leases leases, JobHandlers handlers, JobWake wake,
    EngineMetrics metrics, BpcSettings settings, ILocalSiloDetails silo, ILogger<DispatcherGrain> log)
    : Grain, IDispatcherGrain, IRemindable
{
    private const string Reminder = "dispatch";
    private static readonly TimeSpan s_reminderPeriod = TimeSpan.FromMinutes(1);

    // One call of a grain ends well before those that wait behind it give up.
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(1);

    private bool _idle;
    private IGrainTimer? _reminding;

    private bool IsHome => this.GetPrimaryKeyString() == silo.SiloAddress.ToParsableString();

    public override Task OnActivateAsync(CancellationToken ct)
    {
        if (IsHome)
        {
            this.RegisterGrainTimer(
                _ => PollOnTimeAsync(),
                new() { DueTime = TimeSpan.Zero, Period = settings.Jobs.PollInterval, KeepAlive = true });
            // Beside everything else: polls need no reminder, and one try may take as long as a call may.
            _reminding = this.RegisterGrainTimer(
                _ => RemindAsync(), new() { DueTime = TimeSpan.Zero, Period = s_reminderPeriod, Interleave = true });
        }

        return Task.CompletedTask;
    }

    private async Task RemindAsync()
    {
        try
        {
            await this.RegisterOrUpdateReminder(Reminder, s_reminderPeriod, s_reminderPeriod);
            _reminding?.Dispose();
        }
#pragma warning disable CA1031 // whatever the reminder service met, the timer tries again
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.NoReminder(e.Message);
        }
    }

    /// <summary>
    /// Being called is what it is for: the activation has done the rest. Elsewhere its silo is gone, and so is its
    /// task.
    /// </summary>
    public Task ReceiveReminder(string reminderName, TickStatus status) => IsHome ? Task.CompletedTask : RetireAsync();

    public async Task RetireAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        DeactivateOnIdle();
    }

    public async Task PollAsync()
    {
        wake.Seen();
        var began = Stopwatch.GetTimestamp();
        try
        {
            while (HasFreeSlots() && await ClaimAsync())
            {
                if (Stopwatch.GetElapsedTime(began) > s_atOnce)
                {
                    wake.Signal(); // and goes on behind whoever waits
                    break;
                }

                await leases.WaitForFreeSlotsAsync();
            }
        }
        catch (NpgsqlException e) when (DatabaseErrors.IsTransient(e))
        {
            log.DatabaseAway(e.Message);
        }
    }

    private async Task PollOnTimeAsync()
    {
        metrics.Woken(WakeSource.Poll);
        await PollAsync();
    }

    public Task WakeAsync()
    {
        wake.Signal();
        return Task.CompletedTask;
    }

    public Task<string[]> KnownTypesAsync() => Task.FromResult(handlers.Types);

    /// <summary>A silo that is full looks again as soon as a slot is free, for whatever it was woken for.</summary>
    private bool HasFreeSlots()
    {
        if (leases.FreeSlots > 0)
        {
            return true;
        }

        leases.MoreExpected = true;
        return leases.FreeSlots > 0; // one came back before anybody could know that it is waited for
    }

    /// <summary>True where another claim may find more.</summary>
    private async Task<bool> ClaimAsync()
    {
        if (!_idle && leases.Count == 0)
        {
            log.Polling();
        }

        var more = await claims.ClaimAsync(starter.Start, CancellationToken.None);
        if (_idle = leases.Count == 0 && !leases.MoreExpected)
        {
            log.NoJobs((long)settings.Jobs.PollInterval.TotalMilliseconds);
        }

        return more;
    }
}
