using Orleans.Concurrency;

namespace Bpc.GrainInterfaces.Tenants;

/// <summary>One API key of a tenant (key: api_key_id).</summary>
[Alias("bpc.IApiKeyGrain")]
public interface IApiKeyGrain : IGrainWithGuidKey
{
    /// <summary>Makes the key; the answer shows it this once. VALIDATION_ERROR.</summary>
    [Alias("Create")]
    Task<ApiKeyCreated> CreateAsync(Call call, string role, string? label, DateTime? expiresAt);

    /// <summary>
    /// Revoked for good, within five seconds in every gateway. NOT_FOUND; INVALID_STATE where it was already.
    /// </summary>
    [Alias("Revoke")]
    Task<ApiKeyRevoked> RevokeAsync(Call call);

    /// <summary>The key was used just now; written at most once a minute. Nobody waits for it.</summary>
    [Alias("Used"), OneWay]
    Task UsedAsync(Guid tenantId);
}

[GenerateSerializer, Immutable, Alias("bpc.ApiKeyCreated")]
public sealed record ApiKeyCreated(
    [property: Id(0)] Guid ApiKeyId, [property: Id(1)] string ApiKey, [property: Id(2)] string Prefix,
    [property: Id(3)] string Role, [property: Id(4)] string? Label, [property: Id(5)] DateTime? ExpiresAt,
    [property: Id(6)] string Status)
{
    // A key printed by mistake gives nothing away.
    public override string ToString() => $"API key {Prefix}";
}

[GenerateSerializer, Immutable, Alias("bpc.ApiKeyRevoked")]
public sealed record ApiKeyRevoked([property: Id(0)] Guid ApiKeyId, [property: Id(1)] string Status);
