using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// One address that receives events: its life. The other parts have what it subscribes to and what is sent to it.
/// </summary>
internal sealed partial class WebhookEndpointGrain(
    Transactions transactions, WebhookSecrets secrets, AddressPolicy policy) : Grain, IWebhookEndpointGrain
{
    private const string Enabled = "ENABLED";
    private const string Disabled = "DISABLED";

    // Each event of the tenant looks at all of them.
    private const int MostEndpoints = 100;

    private static readonly TimeSpan s_longestOverlap = TimeSpan.FromDays(7);

    private Guid Id => this.GetPrimaryKey();

    public async Task<WebhookEndpointCreated> CreateAsync(Call call, string url, string? secret)
    {
        EndpointInput.Check(policy, url, secret);
        var made = secret ?? WebhookSignature.NewSecret();

        // The stored answer of an idempotency key holds the secret as its row does: encrypted.
        var created = await transactions.RunAsync(call, async tx =>
        {
            await tx.LockAsync("webhook_endpoints"); // each endpoint is a grain of its own, and counts all
            if (await WebhookStore.CountAsync(tx) >= MostEndpoints)
            {
                throw new BpcException(
                    BpcError.InvalidState, $"a tenant has at most {MostEndpoints} webhook endpoints; delete one first");
            }

            var encrypted = secrets.Encrypt(Id, made);
            await tx.WriteAsync(
                WebhookStore.Insert(tx.TenantId, Id, url, encrypted),
                tx.Event(EventTypes.WebhookEndpointCreated, Id, ("url", url)));
            return new StoredSecret(Id, encrypted);
        });
        return new WebhookEndpointCreated(
            created.EndpointId, url, Enabled, secrets.Decrypt(created.EndpointId, created.SecretEncrypted));
    }

    public async Task<WebhookEndpointState> UpdateAsync(Call call, string url)
    {
        EndpointInput.Check(policy, url);
        var state = await transactions.RunAsync(call, async tx =>
        {
            var found = await WebhookStore.LockAsync(tx, Id);
            if (found.Url != url)
            {
                await tx.WriteAsync(
                    WebhookStore.SetUrl(tx.TenantId, Id, url),
                    tx.Event(EventTypes.WebhookEndpointUpdated, Id, ("url", url)));
            }

            return new WebhookEndpointState(Id, url, found.Status);
        });
        await Circuit(call).ResetAsync();
        return state;
    }

    public async Task<WebhookEndpointState> SetEnabledAsync(Call call, bool enabled)
    {
        var (status, reason) = enabled ? (Enabled, null) : (Disabled, $"by {call.ActorId}");
        var state = await transactions.RunAsync(call, async tx =>
        {
            var found = await WebhookStore.LockAsync(tx, Id);
            if (found.Status != status)
            {
                await tx.WriteAsync(
                    WebhookStore.SetStatus(tx.TenantId, Id, status, reason),
                    enabled ? tx.Event(EventTypes.WebhookEndpointEnabled, Id)
                        : tx.Event(EventTypes.WebhookEndpointDisabled, Id, ("reason", reason!)));
            }

            return new WebhookEndpointState(Id, found.Url, status);
        });
        await Circuit(call).ResetAsync();
        return state;
    }

    public Task<WebhookEndpointState> DeleteAsync(Call call) => transactions.RunAsync(call, async tx =>
    {
        var found = await WebhookStore.LockAsync(tx, Id);
        await tx.WriteAsync(
            [.. WebhookStore.Delete(tx.TenantId, Id), tx.Event(EventTypes.WebhookEndpointDeleted, Id)]);
        return new WebhookEndpointState(Id, found.Url, "DELETED");
    });

    public async Task<WebhookSecretRotated> RotateSecretAsync(Call call, string? secret, TimeSpan overlap)
    {
        EndpointInput.CheckSecret(secret);
        if (overlap < TimeSpan.Zero || overlap > s_longestOverlap)
        {
            throw new BpcException(BpcError.Validation, $"an overlap lasts at most {s_longestOverlap.TotalHours} h");
        }

        var made = secret ?? WebhookSignature.NewSecret();
        var rotated = await transactions.RunAsync(call, async tx =>
        {
            var found = await WebhookStore.LockAsync(tx, Id);
            if (found.RotatingUntil is { } promised && overlap > TimeSpan.Zero)
            {
                throw new BpcException(
                    BpcError.InvalidState,
                    $"the secret before this one signs until {promised:yyyy-MM-ddTHH:mm:ssZ}, and only one can sign "
                    + "beside a new one; rotate again afterwards, or end it at once with overlap_hours 0");
            }

            var encrypted = secrets.Encrypt(Id, made);
            var until = await WebhookStore.RotateAsync(tx, Id, encrypted, overlap);
            await tx.WriteAsync(tx.Event(
                EventTypes.WebhookEndpointSecretRotated, Id, ("overlap_seconds", (long)overlap.TotalSeconds)));
            return new StoredSecret(Id, encrypted, until);
        });
        return new WebhookSecretRotated(
            Id, secrets.Decrypt(rotated.EndpointId, rotated.SecretEncrypted), rotated.PreviousUntil);
    }

    private IWebhookCircuitGrain Circuit(Call call) =>
        GrainFactory.GetGrain<IWebhookCircuitGrain>(Id, call.TenantId.ToString());

    private sealed record StoredSecret(Guid EndpointId, byte[] SecretEncrypted, DateTime PreviousUntil = default);
}
