namespace Bpc.GrainInterfaces.Tenants;

/// <summary>What a tenant allows or denies its keys beyond their roles (key: tenant_id).</summary>
[Alias("bpc.IAccessPolicyGrain")]
public interface IAccessPolicyGrain : IGrainWithGuidKey
{
    /// <summary>A new version, in force within five seconds in every gateway.</summary>
    [Alias("Replace")]
    Task<AccessPolicyCreated> ReplaceAsync(Call call, AccessRule[] rules);
}

/// <summary>One rule of a policy: of those that match a request, the one with the lowest priority decides.</summary>
/// <param name="Effect">ALLOW or DENY.</param>
/// <param name="Permission">A permission, an area such as <c>passport:*</c>, or <c>*</c>.</param>
/// <param name="Role">Keys of this role only; null for every role.</param>
/// <param name="ApiKeyId">This key only; null for every key.</param>
[GenerateSerializer, Immutable, Alias("bpc.AccessRule")]
public sealed record AccessRule(
    [property: Id(0)] int Priority, [property: Id(1)] string Effect, [property: Id(2)] string Permission,
    [property: Id(3)] string? Role = null, [property: Id(4)] Guid? ApiKeyId = null);

[GenerateSerializer, Immutable, Alias("bpc.AccessPolicyCreated")]
public sealed record AccessPolicyCreated([property: Id(0)] int Version, [property: Id(1)] string Status);
