namespace Bpc.Gateway.Http;

/// <summary>
/// How many large bodies are in memory at once: a document of 15 MiB is held about three times until it is stored, and
/// two thousand connections may send one. Who comes when all places are taken waits, and is answered 504 in the end. A
/// tenant has two of them, so that one that sends slowly does not take the others'.
/// </summary>
internal sealed class LargeBodies : IDisposable
{
    private const int AtOnce = 8;
    private const int OfOneTenant = 2;

    private readonly SemaphoreSlim _places = new(AtOnce);

    // By a part of the tenant's hash: a few tenants may share two places, and memory does not grow with their number.
    private readonly SemaphoreSlim[] _tenants =
        [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(OfOneTenant))];

    public async Task<IDisposable> EnterAsync(string tenant, CancellationToken ct)
    {
        var own = _tenants[(tenant.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % _tenants.Length];
        await own.WaitAsync(ct);
        try
        {
            await _places.WaitAsync(ct);
        }
        catch
        {
            own.Release();
            throw;
        }

        return new Place(own, _places);
    }

    public void Dispose()
    {
        _places.Dispose();
        Array.ForEach(_tenants, tenant => tenant.Dispose());
    }

    private sealed class Place(SemaphoreSlim own, SemaphoreSlim places) : IDisposable
    {
        public void Dispose()
        {
            places.Release();
            own.Release();
        }
    }
}
