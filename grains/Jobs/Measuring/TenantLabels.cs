using System.Collections.Concurrent;
using Bpc.Core.Settings;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>
/// Tenants as metrics name them: as many as BPC_METRICS_TENANTS by their id, the rest together as <c>other</c>, so that
/// the number of series has an end.
/// </summary>
public sealed class TenantLabels(BpcSettings settings)
{
    public const string Other = "other";

    private readonly ConcurrentDictionary<Guid, string> _labels = new();

    /// <summary>First come, first named.</summary>
    internal string Of(Guid tenant) =>
        _labels.TryGetValue(tenant, out var label) ? label
        : _labels.Count < settings.Metrics.Tenants ? _labels.GetOrAdd(tenant, tenant.ToString())
        : Other;
}
