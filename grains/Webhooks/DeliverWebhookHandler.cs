using System.Globalization;
using System.Net;
using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// DELIVER_WEBHOOK: posts a delivery's body, the same bytes at each attempt, and writes down how it went. The POST is
/// outside any
/// transaction, so a receiver may see a delivery twice and knows it by its id.
/// </summary>
internal sealed class DeliverWebhookHandler(
    WebhookStore webhooks, WebhookSecrets secrets, WebhookClient client, TimeProvider time)
    : IJobHandler
{
    public string Type => JobTypes.DeliverWebhook;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(1);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var id = JobPayload.Of(job).Id("webhook_delivery_id");
        var delivery = await webhooks.FindDeliveryAsync(job.TenantId, id, ct)
            ?? throw new BpcException(BpcError.NotFound, $"webhook delivery {id} does not exist");
        if (delivery.Status == "DELIVERED")
        {
            return new JobOutcome.Succeed(JsonValue.Object(("http_status", delivery.HttpStatus ?? 0)));
        }

        return delivery.EndpointStatus == "ENABLED"
            ? await PostAsync(job, delivery, ct)
            : Failed(job, id, BpcError.InvalidState, null, "the endpoint is DISABLED");
    }

    private async Task<JobOutcome> PostAsync(ClaimedJob job, StoredDelivery delivery, CancellationToken ct)
    {
        try
        {
            using var request = Request(delivery);
            if (JobTrace.ParentFor(job) is { } parent)
            {
                request.Headers.Add("traceparent", parent);
            }

            return Judge(job, delivery.DeliveryId, (int)await client.PostAsync(request, ct));
        }
        catch (HttpRequestException e) when (e.InnerException is BpcException refused)
        {
            return Failed(job, delivery.DeliveryId, refused.Code, null, refused.Message);
        }
        catch (HttpRequestException e)
        {
            return Failed(job, delivery.DeliveryId, BpcError.WebhookFailed, null, $"{e.HttpRequestError}: {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Failed(job, delivery.DeliveryId, BpcError.WebhookFailed, null, "no answer within 30 s");
        }
    }

    private static JobOutcome Judge(ClaimedJob job, Guid id, int status) => status switch
    {
        >= 200 and < 300 => new JobOutcome.Succeed(
            JsonValue.Object(("http_status", status)), WebhookStore.MarkDelivered(job.TenantId, id, status)),
        408 or 429 or >= 500 => Failed(job, id, BpcError.WebhookFailed, status, $"the endpoint answered {status}"),
        _ => Failed(job, id, BpcError.WebhookRejected, status, $"the endpoint answered {status}: it has to be mended"),
    };

    private static JobOutcome.Fail Failed(ClaimedJob job, Guid id, BpcError code, int? status, string why) =>
        new(code, why, WebhookStore.MarkFailed(job.TenantId, id, status, why))
        {
            RetryIn = DeliverySchedule.WaitAfter(job.Attempt, Random.Shared.NextDouble()),
        };

    private HttpRequestMessage Request(StoredDelivery delivery)
    {
        var secret = secrets.Decrypt(delivery.EndpointId, delivery.SecretEncrypted);
        var id = delivery.DeliveryId.ToString();
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var body = Encoding.UTF8.GetBytes(delivery.Body);
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-BPC-Signature", WebhookSignature.OfBody(secret, body));
        request.Headers.Add("X-BPC-Event-Type", delivery.EventType);
        request.Headers.Add("X-BPC-Delivery-Id", id);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Standard(secret, id, timestamp, delivery.Body));
        return request;
    }
}
