using Bpc.Core;
using Bpc.Core.ApiKeys;
using Bpc.Core.Settings;
using Bpc.Gateway.Queries;
using Microsoft.Extensions.Caching.Memory;

namespace Bpc.Gateway.Auth;

/// <summary>
/// Finds the owner of an API key. A row is remembered for less than five seconds, so that a revocation holds soon
/// everywhere.
/// </summary>
internal sealed class ApiKeyStore(GatewayDatabase database, BpcSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_remembered = TimeSpan.FromSeconds(4);

    private readonly MemoryCache _rows = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>
    /// The key's row. UNAUTHORIZED for what is no key of ours, API_KEY_REVOKED for one that was revoked or has expired.
    /// </summary>
    public async Task<ApiKeyRow> AuthenticateAsync(string text, CancellationToken ct)
    {
        if (ApiKey.Parse(text) is not { } key || await RowAsync(key.Prefix, ct) is not { } row
            || !key.Matches(settings.ApiKeyPepper, row.KeyHash))
        {
            throw new BpcException(BpcError.Unauthorized, "this API key is not known here");
        }

        if (row.RevokedAt is not null)
        {
            throw new BpcException(BpcError.ApiKeyRevoked, "this API key was revoked");
        }

        return row.ExpiresAt is { } end && end <= clock.GetUtcNow().UtcDateTime
            ? throw new BpcException(BpcError.ApiKeyRevoked, "this API key has expired")
            : row;
    }

    public void Dispose() => _rows.Dispose();

    private async Task<ApiKeyRow?> RowAsync(string prefix, CancellationToken ct)
    {
        if (_rows.TryGetValue(prefix, out ApiKeyRow? known))
        {
            return known;
        }

        const string sql = """
            SELECT api_key_id, tenant_id, key_hash, role, expires_at, revoked_at FROM bpc_find_api_key(@prefix)
            """;
        var row = (await database.ListCommonAsync<ApiKeyRow>(sql, new { prefix }, ct)).SingleOrDefault();
        if (row is not null)
        {
            _rows.Set(
                prefix, row, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = s_remembered });
        }

        return row;
    }
}

/// <summary>A row of api_keys.</summary>
internal sealed record ApiKeyRow(
    Guid ApiKeyId, Guid TenantId, byte[] KeyHash, string Role, DateTime? ExpiresAt, DateTime? RevokedAt);
