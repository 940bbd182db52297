using Bpc.Core;
using Bpc.GrainInterfaces.Tenants;

namespace Bpc.Grains.Tenants;

/// <summary>The bucket of one API key.</summary>
internal sealed class RequestBudgetGrain(TimeProvider clock) : Grain, IRequestBudgetGrain
{
    private (int PerSecond, int Burst) _limit;
    private TokenBucket? _bucket;

    public Task<RequestLease> LeaseAsync(int wanted, int perSecond, int burst)
    {
        var now = clock.GetUtcNow();
        if (_bucket is null || _limit != (perSecond, burst))
        {
            // Gateways whose settings differ, while these are being changed, share what is there: a new bucket each
            // time would always be full.
            var there = _bucket is null ? burst : Math.Min(_bucket.Available, burst);
            (_limit, _bucket) = ((perSecond, burst), new(perSecond, burst, now, there));
        }

        var granted = _bucket.Take(wanted, now);
        return Task.FromResult(new RequestLease(granted, _bucket.Available, _bucket.UntilNext()));
    }
}
