using System.Collections.Frozen;
using Bpc.Core;
using Bpc.Core.Rules;
using Bpc.Gateway.Queries;
using Microsoft.Extensions.Caching.Memory;

namespace Bpc.Gateway.Pages;

/// <summary>
/// What a rule package says of its fields (unit, citation), by path. Versions never change: they are read once.
/// </summary>
internal sealed class FieldCatalogue(PublicPassportQueries passports) : IDisposable
{
    private const int MaxPackages = 64;

    private readonly MemoryCache _fields = new(new MemoryCacheOptions { SizeLimit = MaxPackages });

    public async Task<FrozenDictionary<string, FieldInfo>> FieldsAsync(Guid rulePackageVersionId, CancellationToken ct)
    {
        if (!_fields.TryGetValue(rulePackageVersionId, out FrozenDictionary<string, FieldInfo>? fields))
        {
            fields = Read(await passports.RulesAsync(rulePackageVersionId, ct) ?? "");
            _fields.Set(rulePackageVersionId, fields, new MemoryCacheEntryOptions { Size = 1 });
        }

        return fields!;
    }

    public void Dispose() => _fields.Dispose();

    private static FrozenDictionary<string, FieldInfo> Read(string source)
    {
        try
        {
            return RulePackage.Compile(source).Fields.ToFrozenDictionary(f => f.Path, StringComparer.Ordinal);
        }
        catch (BpcException)
        {
            // a newer build's language: the values still show, without units
            return FrozenDictionary<string, FieldInfo>.Empty;
        }
    }
}
