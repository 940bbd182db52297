namespace Bpc.Grains.Jobs.Claiming;

/// <summary>
/// Divides slots for jobs between the tenants who wait: always to the one who was served least for its weight. Whoever
/// comes anew starts level with the least served of the others, neither before nor behind; so a tenant with one job
/// gets the next slot, however many jobs another has.
/// </summary>
internal sealed class FairShare
{
    /// <summary>
    /// By tenant: starts so far divided by its weight. Who is not listed counts as being at <see cref="_level"/>.
    /// </summary>
    private readonly Dictionary<Guid, double> _served = [];

    private double _level;

    /// <summary>Of how many tenants something is kept.</summary>
    public int Remembered => _served.Count;

    /// <summary>How many each may start now; together no more than the slots.</summary>
    public Dictionary<Guid, int> Divide(IReadOnlyDictionary<Guid, int> weights, int slots)
    {
        var quotas = new Dictionary<Guid, int>();
        var next = new PriorityQueue<Guid, double>(weights.Keys.Select(tenant => (tenant, Served(tenant))));
        if (next.TryPeek(out _, out var least))
        {
            Raise(least);
        }

        for (var left = slots; left > 0 && next.TryDequeue(out var tenant, out var served); left--)
        {
            quotas[tenant] = quotas.GetValueOrDefault(tenant) + 1;
            next.Enqueue(tenant, served + 1.0 / weights[tenant]);
        }

        return quotas;
    }

    /// <summary>What was really started counts, not what might have been.</summary>
    public void Charge(Guid tenant, int weight, int starts) =>
        _served[tenant] = Served(tenant) + (double)starts / weight;

    private double Served(Guid tenant) => Math.Max(_served.GetValueOrDefault(tenant), _level);

    /// <summary>Nobody waits below the level, so who stands there need not be remembered.</summary>
    private void Raise(double level)
    {
        _level = level;
        foreach (var tenant in _served.Where(s => s.Value <= level).Select(s => s.Key).ToList())
        {
            _served.Remove(tenant);
        }
    }
}
