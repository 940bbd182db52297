using Bpc.Core;
using Bpc.GrainInterfaces.Tenants;

namespace Bpc.Grains.Tenants;

/// <summary>The bucket of one API key.</summary>
internal sealed class RequestBudgetGrain(TimeProvider clock) : Grain, IRequestBudgetGrain
{
    private TokenBucket? _bucket;

    public Task<RequestLease> LeaseAsync(int wanted, int perSecond, int burst)
    {
        var now = clock.GetUtcNow();
        _bucket ??= new(perSecond, burst, now);

        // Gateways whose settings differ, while these are being changed, share what is there.
        _bucket.Change(perSecond, burst, now);
        var granted = _bucket.Take(wanted, now);
        return Task.FromResult(new RequestLease(granted, _bucket.Available, _bucket.UntilNext()));
    }
}
