using System.Globalization;
using System.Text;

namespace Bpc.Grains.Webhooks;

/// <summary>Makes the signed POST of a delivery.</summary>
internal sealed class WebhookRequest(WebhookSecrets secrets, TimeProvider time)
{
    public HttpRequestMessage Make(StoredDelivery delivery)
    {
        var id = delivery.DeliveryId.ToString();
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var body = Encoding.UTF8.GetBytes(delivery.Body);
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");

        // Newest first. During a rotation the standard header lists both signatures; ours has one value a header.
        var keys = Secrets(delivery).ToList();
        request.Headers.Add("X-BPC-Signature", WebhookSignature.OfBody(keys[0], body));
        if (keys.Count > 1)
        {
            request.Headers.Add("X-BPC-Signature-Previous", WebhookSignature.OfBody(keys[1], body));
        }

        request.Headers.Add("X-BPC-Event-Type", delivery.EventType);
        request.Headers.Add("X-BPC-Delivery-Id", id);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", string.Join(' ', keys.Select(
            key => WebhookSignature.Standard(key, id, timestamp, delivery.Body))));
        return request;
    }

    private IEnumerable<string> Secrets(StoredDelivery delivery)
    {
        yield return secrets.Decrypt(delivery.EndpointId, delivery.SecretEncrypted!);
        if (delivery.PreviousSecretEncrypted is { } previous)
        {
            yield return secrets.Decrypt(delivery.EndpointId, previous);
        }
    }
}
