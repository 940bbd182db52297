using Bpc.Core;
using Bpc.Core.ApiKeys;
using Bpc.Core.Settings;
using Bpc.Gateway.Http;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Tenants;
using Microsoft.Extensions.Caching.Memory;

namespace Bpc.Gateway.Auth;

/// <summary>
/// Finds the owner of an API key and the tenant's rules. A row is remembered for less than five seconds, so that a
/// revocation or a new rule holds soon everywhere; each time it is read anew, its grain hears that the key is in use.
/// </summary>
internal sealed class ApiKeyLookup(
    GatewayDatabase database, IGrainFactory grains, BpcSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_remembered = TimeSpan.FromSeconds(4);

    // Silos write the time of the last use once a minute; asking oftener would be in vain.
    private static readonly TimeSpan s_usesApart = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _rows = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>
    /// The key's row, whatever its state. UNAUTHORIZED for what is no key of ours.
    /// </summary>
    public async Task<ApiKeyRow> FindAsync(string text, CancellationToken ct) =>
        ApiKey.Parse(text) is { } key && await RowAsync(key.Prefix, ct) is { } row
        && key.Matches(settings.ApiKeyPepper, row.KeyHash)
            ? row
            : throw new BpcException(BpcError.Unauthorized, "this API key is not known here");

    /// <summary>Why the key opens nothing any more (revoked or expired); null where it does.</summary>
    public string? EndOf(ApiKeyRow row) => row switch
    {
        { RevokedAt: not null } => "this API key was revoked",
        { ExpiresAt: { } end } when end <= clock.GetUtcNow().UtcDateTime => "this API key has expired",
        _ => null,
    };

    public void Dispose() => _rows.Dispose();

    private async Task<ApiKeyRow?> RowAsync(string prefix, CancellationToken ct)
    {
        if (_rows.TryGetValue(prefix, out ApiKeyRow? known))
        {
            return known;
        }

        const string sql = """
            SELECT api_key_id, tenant_id, key_hash, role, expires_at, revoked_at, last_used_at, rules
              FROM bpc_find_api_key(@prefix)
            """;
        var until = clock.GetUtcNow() + s_remembered; // of the question: the answer may be as old as that
        var row = (await database.ListCommonAsync<ApiKeyRow>(sql, new { prefix }, ct)).SingleOrDefault();
        if (row is not null)
        {
            _rows.Set(prefix, row, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = until });
            TellUse(row);
        }

        return row;
    }

    private void TellUse(ApiKeyRow row)
    {
        var isDue = row.LastUsedAt is not { } last || last <= clock.GetUtcNow().UtcDateTime - s_usesApart;
        if (isDue && EndOf(row) is null)
        {
            ClusterErrors.Forget(() => grains.GetGrain<IApiKeyGrain>(row.ApiKeyId).UsedAsync(row.TenantId));
        }
    }
}

/// <summary>A row of api_keys.</summary>
internal sealed record ApiKeyRow(
    Guid ApiKeyId, Guid TenantId, byte[] KeyHash, string Role, DateTime? ExpiresAt, DateTime? RevokedAt,
    DateTime? LastUsedAt, string? Rules)
{
    /// <summary>The tenant's rules, read once for as long as the row is remembered.</summary>
    public IReadOnlyList<AccessRule> Policy { get; } = AccessPolicy.Read(Rules);
}
