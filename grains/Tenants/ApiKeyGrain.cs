using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Tenants;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Tenants;

/// <summary>One API key: made, used, revoked.</summary>
internal sealed class ApiKeyGrain(Transactions transactions, ApiKeySecrets secrets, TimeProvider clock)
    : Grain, IApiKeyGrain
{
    private Guid Id => this.GetPrimaryKey();

    public async Task<ApiKeyCreated> CreateAsync(Call call, string role, string? label, DateTime? expiresAt)
    {
        new InputCheck().OneOf("/role", role, ApiKeyStore.Roles).OptionalText("/label", label, 200)
            .Require(expiresAt is null || expiresAt > clock.GetUtcNow().UtcDateTime, "/expires_at", "is not to come")
            .ThrowIfWrong();
        var key = ApiKeyStore.Make(secrets.Environment);
        var expires = expiresAt?.ToUniversalTime();

        // The stored answer of an idempotency key holds the key encrypted; its row holds no more than its hash.
        var created = await transactions.RunAsync(call, async tx =>
        {
            var made = new NewApiKey(Id, tx.TenantId, key.Prefix, role, label, expires);
            await tx.WriteAsync(ApiKeyStore.Insert(made, key.Hash(secrets.Pepper), call.ActorId, Cause.Of(call)));
            return new StoredAnswer(made, secrets.Box.Encrypt(Id, key.Text));
        });
        var shown = created.Key;
        return new(
            shown.ApiKeyId, secrets.Box.Decrypt(shown.ApiKeyId, created.KeyEncrypted), shown.Prefix, shown.Role,
            shown.Label, shown.ExpiresAt, "CREATED");
    }

    public Task<ApiKeyRevoked> RevokeAsync(Call call) => transactions.RunAsync(call, async tx =>
    {
        switch (await tx.FirstAsync<bool?>(ApiKeyStore.IsOpen, new { tx.TenantId, KeyId = Id }))
        {
            case null: throw new BpcException(BpcError.NotFound, $"API key {Id}");
            case false: throw new BpcException(BpcError.InvalidState, $"API key {Id} is revoked already");
        }

        await tx.WriteAsync(ApiKeyStore.Revoke(tx.TenantId, Id, call.ActorId, Cause.Of(call)));
        return new ApiKeyRevoked(Id, "REVOKED");
    });

    public Task UsedAsync(Guid tenantId) =>
        transactions.RunAsync(Quiet(tenantId), async tx =>
        {
            await tx.WriteAsync(ApiKeyStore.Used(tenantId, Id));
            return "used";
        });

    private static Call Quiet(Guid tenantId) => new(tenantId, "gateway", "");

    private sealed record StoredAnswer(NewApiKey Key, byte[] KeyEncrypted);
}

/// <summary>What the making of keys needs of the settings.</summary>
internal sealed class ApiKeySecrets(BpcSettings settings) : IDisposable
{
    public string Environment => settings.Environment;

    public byte[] Pepper => settings.ApiKeyPepper;

    public SecretBox Box { get; } = new(settings.ApiKeyPepper, "bpc/api-key/1");

    public void Dispose() => Box.Dispose();
}
