using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// DELIVER_WEBHOOK: posts a delivery's body, the same bytes at each attempt, and writes down how it went. The POST is
/// outside any transaction, so a receiver may see a delivery twice and knows it by its id.
/// </summary>
internal sealed partial class DeliverWebhookHandler(
    DeliveryStore deliveries, WebhookRequest requests, WebhookClient client, IGrainFactory grains, TimeProvider time,
    ILogger<DeliverWebhookHandler> log) : IJobHandler
{
    // A delivery whose turn comes sooner waits here; the others leave the silo's room to other jobs.
    private static readonly TimeSpan s_shortWait = TimeSpan.FromSeconds(1);

    // The POST may take half of the job's time; a breaker whose silo stands still must not take the other half.
    private static readonly TimeSpan s_circuitAnswers = TimeSpan.FromSeconds(5);

    // After so long without an answer nobody is there: the endpoint is disabled, and what waits for it ends.
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromDays(5);

    public string Type => JobTypes.DeliverWebhook;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(1);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var id = JobPayload.Of(job).Id("webhook_delivery_id");
        var delivery = await deliveries.FindAsync(job.TenantId, id, ct)
            ?? throw new BpcException(BpcError.NotFound, $"webhook delivery {id} does not exist");
        if (delivery.Status == "DELIVERED")
        {
            return new JobOutcome.Succeed(JsonValue.Object(("http_status", delivery.HttpStatus ?? 0)));
        }

        if (delivery.EndpointStatus != "ENABLED")
        {
            return Outcome(job, delivery, new(
                null, BpcError.InvalidState, $"the endpoint is {delivery.EndpointStatus}"), silence: null);
        }

        JobScopeFilter.Carry(job);
        var circuit = grains.GetGrain<IWebhookCircuitGrain>(delivery.EndpointId, job.TenantId.ToString());
        var ticket = Guid.CreateVersion7(); // of this run: an earlier one that was broken off reports under its own
        var wait = await AdmitAsync(circuit, ticket, delivery.IsPing, ct);
        return wait > TimeSpan.Zero
            ? new JobOutcome.Snooze(wait) : await DeliverAsync(job, ticket, delivery, circuit, ct);
    }

    private async Task<TimeSpan> AdmitAsync(
        IWebhookCircuitGrain circuit, Guid ticket, bool isPing, CancellationToken ct)
    {
        try
        {
            var wait = await circuit.AdmitAsync(ticket, isPing).WaitAsync(s_circuitAnswers, time, ct);
            if (wait > TimeSpan.Zero && wait <= s_shortWait)
            {
                await Task.Delay(wait, time, ct);
                wait = await circuit.AdmitAsync(ticket, isPing).WaitAsync(s_circuitAnswers, time, ct);
            }

            return wait;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or BpcException)
        {
            GiveBack(circuit, ticket);
            CircuitAway(e.Message); // its silo is gone: the next one to ask finds it elsewhere
            return s_shortWait;
        }
        catch (OperationCanceledException)
        {
            GiveBack(circuit, ticket);
            throw;
        }
    }

    // A question nobody waits for any more may still be answered with a place, which would stay taken for long.
    private static void GiveBack(IWebhookCircuitGrain circuit, Guid ticket)
    {
        circuit.CompleteAsync(ticket, null).Ignore();
    }

    private async Task<JobOutcome> DeliverAsync(
        ClaimedJob job, Guid ticket, StoredDelivery delivery, IWebhookCircuitGrain circuit, CancellationToken ct)
    {
        DeliveryAnswer? answer = null;
        TimeSpan? silence = null;
        try
        {
            using var request = requests.Make(delivery);
            if (JobTrace.ParentFor(job) is { } parent)
            {
                request.Headers.Add("traceparent", parent);
            }

            answer = await client.PostAsync(request, ct);
        }
        finally
        {
            silence = await CompleteAsync(circuit, ticket, answer?.Answered);
        }

        return Outcome(job, delivery, answer, silence);
    }

    private async Task<TimeSpan?> CompleteAsync(IWebhookCircuitGrain circuit, Guid ticket, bool? answered)
    {
        try
        {
            return await circuit.CompleteAsync(ticket, answered).WaitAsync(s_circuitAnswers, time);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or BpcException)
        {
            CircuitAway(e.Message); // the delivery is done; the breaker counts one less
            return null;
        }
    }

    private static JobOutcome Outcome(
        ClaimedJob job, StoredDelivery delivery, DeliveryAnswer answer, TimeSpan? silence)
    {
        var writes = new List<Write> { DeliveryStore.Attempted(job.TenantId, delivery.DeliveryId, answer) };
        if (answer.IsGone)
        {
            writes.Add(WebhookStore.Disable(job, delivery.EndpointId, "it answered 410: gone"));
        }
        else if (silence > s_longestSilence)
        {
            writes.Add(WebhookStore.Disable(
                job, delivery.EndpointId, $"no delivery was answered for {(int)silence.Value.TotalDays} days"));
        }

        return answer.Error is null
            ? new JobOutcome.Succeed(JsonValue.Object(("http_status", answer.Status ?? 0)), writes)
            : new JobOutcome.Fail(answer.Error, answer.Problem!, writes)
            {
                RetryIn = DeliverySchedule.WaitAfter(job.Attempt, Random.Shared.NextDouble(), answer.RetryAfter),
            };
    }

    [LoggerMessage(LogLevel.Warning, "The circuit breaker of a webhook endpoint cannot be asked: {Reason}")]
    private partial void CircuitAway(string reason);
}
