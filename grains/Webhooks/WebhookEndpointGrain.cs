using System.Net;
using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Audit;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Webhooks;

/// <summary>One address that receives events.</summary>
internal sealed class WebhookEndpointGrain(Transactions transactions, WebhookSecrets secrets, AddressPolicy policy)
    : Grain, IWebhookEndpointGrain
{
    private Guid Id => this.GetPrimaryKey();

    public async Task<WebhookEndpointCreated> CreateAsync(Call call, string url, string? secret)
    {
        Check(url, secret);
        var made = secret ?? WebhookSignature.NewSecret();

        // The stored answer of an idempotency key holds the secret as its row does: encrypted.
        var created = await transactions.RunAsync(call, async tx =>
        {
            var encrypted = secrets.Encrypt(Id, made);
            await tx.WriteAsync(
                WebhookStore.InsertEndpoint(tx.TenantId, Id, url, encrypted),
                tx.Event(EventTypes.WebhookEndpointCreated, Id, ("url", url)));
            return new CreatedEndpoint(Id, encrypted);
        });
        return new WebhookEndpointCreated(
            created.EndpointId, url, "ENABLED", secrets.Decrypt(created.EndpointId, created.SecretEncrypted));
    }

    public Task<WebhookSubscribed> SubscribeAsync(Call call, string eventType)
    {
        new InputCheck().OneOf("/event_type", eventType, ["*", .. EventTypes.All]).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            if (!await WebhookStore.EndpointExistsAsync(tx, Id))
            {
                throw new BpcException(BpcError.NotFound, $"webhook endpoint {Id} does not exist");
            }

            var subscription = Guid.CreateVersion7();
            if (await WebhookStore.SubscribeAsync(tx, subscription, Id, eventType) is { } existing)
            {
                throw new BpcException(BpcError.InvalidState, $"the endpoint is subscribed to {eventType}: {existing}");
            }

            await tx.WriteAsync(tx.Event(EventTypes.WebhookSubscriptionCreated, subscription,
                ("webhook_endpoint_id", Id.ToString()), ("event_type", eventType)));
            return new WebhookSubscribed(subscription, eventType);
        });
    }

    private void Check(string url, string? secret)
    {
        var isUrl = Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http";
        new InputCheck().Text("/url", url, 2000)
            .Require(isUrl, "/url", "is not an absolute http or https URL")
            .Require(
                !isUrl || address!.UserInfo.Length == 0, "/url",
                "holds a user name; receivers check the signature instead")
            .Require(
                secret is null or { Length: >= 16 and <= 200 }, "/secret", "has a length outside 16 to 200 characters")
            .Require(
                secret is null || WebhookSignature.IsWellFormed(secret), "/secret",
                "starts with whsec_, but base64 of 24 to 64 bytes does not follow")
            .OptionalText("/secret", secret, 200)
            .ThrowIfWrong();

        // A name is checked where it counts, when it is dialled; an address can be refused now.
        if (IPAddress.TryParse(address!.IdnHost.Trim('[', ']'), out var literal) && !policy.Allows(literal))
        {
            throw new BpcException(
                BpcError.WebhookUrlForbidden, $"webhooks may not go to {literal} (BPC_WEBHOOK_ALLOW_CIDRS)");
        }
    }

    private sealed record CreatedEndpoint(Guid EndpointId, byte[] SecretEncrypted);
}
