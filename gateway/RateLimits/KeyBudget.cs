using Bpc.GrainInterfaces.Tenants;

namespace Bpc.Gateway.RateLimits;

/// <summary>
/// What this process may still spend of one key's bucket. It leases a tenth of the burst at a time from the key's grain
/// and asks for more before it runs out, so that requests do not wait for a call; all gateways together let pass at
/// most one lease each beyond the bucket.
/// </summary>
internal sealed class KeyBudget(IGrainFactory grains, Guid apiKeyId, int perSecond, int burst, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _leased;
    private int _leftInBucket;
    private long _pausedAt; // a timestamp: a clock that is set must stop nobody
    private TimeSpan _pause;
    private Task? _leasing;

    private int Chunk => Math.Max(1, burst / 10);

    public async ValueTask<RateDecision> SpendAsync()
    {
        while (true)
        {
            Task leasing;
            lock (_lock)
            {
                var rest = _pause - clock.GetElapsedTime(_pausedAt);
                if (_leased <= Chunk / 2 && rest <= TimeSpan.Zero)
                {
                    _leasing ??= Task.Run(LeaseAsync); // under nobody's lock and on no grain's scheduler
                }

                if (_leased > 0)
                {
                    _leased--;
                    return new(true, _leased + _leftInBucket, TimeSpan.Zero);
                }

                if (_leasing is null)
                {
                    return new(false, 0, rest);
                }

                leasing = _leasing;
            }

            await leasing.ConfigureAwait(false);
        }
    }

    private async Task LeaseAsync()
    {
        var lease = await AskAsync();
        var pause = lease switch
        {
            null => TimeSpan.FromSeconds((double)Chunk / perSecond), // this process keeps to the limit by itself
            { Granted: var granted } when granted < Chunk => lease.RetryAfter,
            _ => TimeSpan.Zero,
        };
        lock (_lock)
        {
            _leased += lease?.Granted ?? Chunk;
            _leftInBucket = lease?.Left ?? 0;
            (_pausedAt, _pause) = (clock.GetTimestamp(), pause);
            _leasing = null;
        }
    }

    /// <summary>Null where no silo answers in time.</summary>
    private async Task<RequestLease?> AskAsync()
    {
        try
        {
            return await grains.GetGrain<IRequestBudgetGrain>(apiKeyId)
                .LeaseAsync(Chunk, perSecond, burst).WaitAsync(s_patience, clock);
        }
#pragma warning disable CA1031 // whatever ails the cluster, reading goes on
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}

/// <summary>Whether a request may pass, what is left, and when to come again.</summary>
internal sealed record RateDecision(bool Allowed, int Left, TimeSpan RetryAfter);
