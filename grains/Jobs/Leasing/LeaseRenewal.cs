using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs.Leasing;

/// <summary>Renews all leases of this silo with one statement; a job that is no longer ours is told to stop.</summary>
internal sealed class LeaseRenewal(
    LeaseStore store, Leases leases, EngineMetrics metrics, BpcSettings settings, TimeProvider clock,
    ILogger<LeaseRenewal> log)
{
    private const int Tries = 10;

    // Below five seconds a busy server would be taken for one that does not answer.
    private static readonly TimeSpan s_shortestTry = TimeSpan.FromSeconds(5);

    // Where packets vanish no error comes: a try ends by itself in time for another one, on another connection.
    private readonly TimeSpan _longestTry =
        TimeSpan.FromTicks(Math.Max(s_shortestTry.Ticks, settings.Jobs.LeaseRenew.Ticks / 2));

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(settings.Jobs.LeaseRenew, clock);
        while (await timer.NextAsync(ct))
        {
            await RenewInTimeAsync(ct);
        }
    }

    // A renewal that fails, while the database restarts say, is tried again soon: the next round may come when the
    // leases have run out.
    private async Task RenewInTimeAsync(CancellationToken ct)
    {
        var renewed = false;
        for (var tries = 0; !renewed && tries < Tries && !ct.IsCancellationRequested; tries++)
        {
            if (tries > 0)
            {
                await Task.Delay(settings.Jobs.LeaseRenew / Tries, clock, ct)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await log.GuardAsync(async () => renewed = await TryRenewAsync(ct));
            GiveUpExpired();
        }
    }

    private async Task<bool> TryRenewAsync(CancellationToken ct)
    {
        using var late = new CancellationTokenSource(_longestTry, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            await RenewAsync(both.Token);
            return true;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            log.DatabaseAway($"a renewal of leases takes longer than {_longestTry.TotalSeconds} s");
            return false;
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var held = leases.Held.ToList();
        if (held.Count == 0)
        {
            return;
        }

        var asked = clock.GetTimestamp();
        var renewed = await store.RenewAsync(held, ct);
        metrics.Renewed(renewed.Count);
        foreach (var lease in held)
        {
            if (renewed.Contains(lease.Job.Claim))
            {
                lease.HeldAt = asked;
            }
            else
            {
                Lose(lease);
            }
        }
    }

    // The database has not answered for a whole lease: by now the jobs may run elsewhere, and these handlers only waste
    // work.
    private void GiveUpExpired()
    {
        foreach (var lease in leases.Held.Where(l => clock.GetElapsedTime(l.HeldAt) > settings.Jobs.Lease))
        {
            Lose(lease);
        }
    }

    private void Lose(Lease lease)
    {
        lease.Stop(LeaseEnd.Lost);
        leases.Drop(lease); // even a handler that hangs gives its slot back
    }
}
