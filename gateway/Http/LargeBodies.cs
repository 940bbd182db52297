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
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Tenant> _tenants = []; // of those that hold a place or wait for one

    /// <summary>How many tenants hold a place or wait for one.</summary>
    internal int Tenants
    {
        get
        {
            lock (_lock)
            {
                return _tenants.Count;
            }
        }
    }

    public async Task<IDisposable> EnterAsync(string tenant, CancellationToken ct)
    {
        var own = Come(tenant);
        try
        {
            await own.Places.WaitAsync(ct);
            try
            {
                await _places.WaitAsync(ct);
            }
            catch
            {
                own.Places.Release();
                throw;
            }
        }
        catch
        {
            Leave(own);
            throw;
        }

        return new Place(this, own);
    }

    public void Dispose() => _places.Dispose();

    private Tenant Come(string tenant)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(tenant, out var own))
            {
                _tenants[tenant] = own = new(tenant);
            }

            own.Here++;
            return own;
        }
    }

    private void Leave(Tenant own)
    {
        lock (_lock)
        {
            if (--own.Here == 0)
            {
                _tenants.Remove(own.Name);
                own.Places.Dispose();
            }
        }
    }

    private void GiveBack(Tenant own)
    {
        _places.Release();
        own.Places.Release();
        Leave(own);
    }

    private sealed class Tenant(string name)
    {
        public string Name => name;

        public SemaphoreSlim Places { get; } = new(OfOneTenant);

        /// <summary>Requests that hold a place or wait for one.</summary>
        public int Here { get; set; }
    }

    private sealed class Place(LargeBodies bodies, Tenant own) : IDisposable
    {
        private int _givenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _givenBack, 1) == 0)
            {
                bodies.GiveBack(own);
            }
        }
    }
}
