using Bpc.Core.Rules;

namespace Bpc.Grains.Passports;

/// <summary>
/// Compiled rule packages of this silo, by version id. A version's source never changes once it can be compiled
/// against, so an entry is never stale; the oldest makes room.
/// </summary>
internal sealed class RulePackageCache(CpuPool cpu)
{
    private const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<Guid, RulePackage> _packages = [];

    /// <summary>The package; its source is asked for only where it is not here yet.</summary>
    public async Task<RulePackage> GetAsync(Guid versionId, Func<Task<string>> source, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_packages.TryGetValue(versionId, out var known))
            {
                return known;
            }
        }

        // Two at a time may compile the same version: the same source gives the same package, and the later one is
        // kept.
        var dsl = await source();
        var package = await cpu.RunAsync(() => RulePackage.Compile(dsl), ct);
        lock (_lock)
        {
            _packages[versionId] = package;
            if (_packages.Count > Capacity)
            {
                _packages.RemoveAt(0);
            }
        }

        return package;
    }
}
