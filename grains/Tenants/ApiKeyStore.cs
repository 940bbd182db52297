using System.Security.Cryptography;
using Bpc.Core.ApiKeys;
using Bpc.Core.Canonical;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Tenants;

/// <summary>The table api_keys: what is stored of a key, and what becomes of it.</summary>
internal static class ApiKeyStore
{
    public static readonly IReadOnlyList<string> Roles = ["Admin", "ComplianceOfficer", "Auditor"];

    public static ApiKey Make(string environment) => ApiKey.Make(
        environment, RandomNumberGenerator.GetBytes(ApiKey.PrefixBytes),
        RandomNumberGenerator.GetBytes(ApiKey.SecretBytes));

    /// <summary>The row of a new key, of which only the keyed hash is stored, and its event.</summary>
    public static Write[] Insert(NewApiKey made, byte[] hash, string actor, Cause cause) =>
    [
        new("""
            INSERT INTO api_keys (api_key_id, tenant_id, prefix, key_hash, role, label, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7::timestamptz)
            """,
            [made.ApiKeyId, made.TenantId, made.Prefix, hash, made.Role, made.Label, made.ExpiresAt]),
        Event(made.TenantId, EventTypes.ApiKeyCreated, made.ApiKeyId, actor, cause,
            ("prefix", made.Prefix), ("role", made.Role)),
    ];

    /// <summary>False where the key is revoked already; no row where the tenant has none of that id.</summary>
    public const string IsOpen =
        "SELECT revoked_at IS NULL FROM api_keys WHERE tenant_id = @TenantId AND api_key_id = @KeyId FOR UPDATE";

    public static Write[] Revoke(Guid tenant, Guid keyId, string actor, Cause cause) =>
    [
        new("UPDATE api_keys SET revoked_at = now() WHERE tenant_id = $1 AND api_key_id = $2", [tenant, keyId]),
        Event(tenant, EventTypes.ApiKeyRevoked, keyId, actor, cause),
    ];

    /// <summary>Once a minute at most, whoever asks: a busy key does not make a busy row.</summary>
    public static Write Used(Guid tenant, Guid keyId) => new(
        """
        UPDATE api_keys SET last_used_at = now()
         WHERE tenant_id = $1 AND api_key_id = $2
           AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        """, [tenant, keyId], Rows: null);

    private static Write Event(
        Guid tenant, string eventType, Guid keyId, string actor, Cause cause,
        params IEnumerable<(string, JsonValue)> payload) =>
        Events.Append(
            tenant, EventTypes.Aggregate(eventType), keyId, eventType, actor, JsonValue.Object(payload), cause);
}

/// <summary>What is known of a key that is being made.</summary>
internal sealed record NewApiKey(
    Guid ApiKeyId, Guid TenantId, string Prefix, string Role, string? Label, DateTime? ExpiresAt);
