using System.Collections.Frozen;
using Bpc.Core;
using Bpc.Core.Rules;
using Bpc.Gateway.Queries;
using Microsoft.Extensions.Caching.Memory;

namespace Bpc.Gateway.Passports;

/// <summary>
/// What a rule package says of its fields (unit, citation), by path. Versions never change: they are read once.
/// </summary>
internal sealed class FieldCatalogue(PublicPassportQueries passports) : IDisposable
{
    private const int MaxPackages = 64;

    private readonly MemoryCache _packages = new(new MemoryCacheOptions { SizeLimit = MaxPackages });

    public async Task<FrozenDictionary<string, FieldInfo>> FieldsAsync(
        Guid tenantId, Guid rulePackageVersionId, CancellationToken ct) =>
        (await EntryAsync(tenantId, rulePackageVersionId, ct)).Fields;

    /// <summary>The package itself; null where this build does not read its language.</summary>
    public async Task<RulePackage?> PackageAsync(
        Guid tenantId, Guid rulePackageVersionId, CancellationToken ct) =>
        (await EntryAsync(tenantId, rulePackageVersionId, ct)).Package;

    public void Dispose() => _packages.Dispose();

    private async Task<Entry> EntryAsync(Guid tenantId, Guid rulePackageVersionId, CancellationToken ct)
    {
        if (!_packages.TryGetValue(rulePackageVersionId, out Entry? entry))
        {
            entry = Read(await passports.RulesAsync(tenantId, rulePackageVersionId, ct) ?? "");
            _packages.Set(rulePackageVersionId, entry, new MemoryCacheEntryOptions { Size = 1 });
        }

        return entry!;
    }

    private static Entry Read(string source)
    {
        try
        {
            var package = RulePackage.Compile(source);
            return new(package, package.Fields.ToFrozenDictionary(f => f.Path, StringComparer.Ordinal));
        }
        catch (BpcException)
        {
            // a newer build's language: the values still show, without units
            return new(null, FrozenDictionary<string, FieldInfo>.Empty);
        }
    }

    private sealed record Entry(RulePackage? Package, FrozenDictionary<string, FieldInfo> Fields);
}
