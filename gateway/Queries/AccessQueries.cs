using Bpc.Gateway.Http;

namespace Bpc.Gateway.Queries;

/// <summary>Reads who may do what: a tenant's keys (never what opens them) and its policies.</summary>
internal sealed class AccessQueries(GatewayDatabase database)
{
    public async Task<Page<ApiKeyListRow>> KeysAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT api_key_id, prefix, role, label, created_at, expires_at, revoked_at, last_used_at FROM api_keys
             WHERE tenant_id = @tenantId AND (@after::uuid IS NULL OR api_key_id < @after::uuid)
             ORDER BY api_key_id DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<ApiKeyListRow>(
            sql, new { tenantId, after = page.After("api-keys"), fetch = page.Fetch }, ct);
        return page.Cut("api-keys", rows, k => $"{k.ApiKeyId}");
    }

    public async Task<Page<AccessPolicyRow>> PoliciesAsync(Guid tenantId, PageRequest page, CancellationToken ct)
    {
        const string sql = """
            SELECT version, rules::text AS rules, created_by, created_at FROM access_policies
             WHERE tenant_id = @tenantId AND (@after::int IS NULL OR version < @after::int)
             ORDER BY version DESC LIMIT @fetch
            """;
        var rows = await database.ListAsync<AccessPolicyRow>(
            sql, new { tenantId, after = page.After("access-policies"), fetch = page.Fetch }, ct);
        return page.Cut("access-policies", rows, p => $"{p.Version}");
    }
}

internal sealed record ApiKeyListRow(
    Guid ApiKeyId, string Prefix, string Role, string? Label, DateTime CreatedAt, DateTime? ExpiresAt,
    DateTime? RevokedAt, DateTime? LastUsedAt);

internal sealed record AccessPolicyRow(int Version, RawJson Rules, string CreatedBy, DateTime CreatedAt);
