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
            _limit = (perSecond, burst);
            _bucket = new(perSecond, burst, now);
        }

        var granted = _bucket.Take(wanted, now);
        return Task.FromResult(new RequestLease(granted, _bucket.Available, _bucket.UntilNext()));
    }
}
