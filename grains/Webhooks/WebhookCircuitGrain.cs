using Bpc.Core.Settings;
using Bpc.Core.Webhooks;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// The one place where deliveries to an endpoint meet: so one that hangs or fails holds up nothing but itself. When the
/// circuit opens or closes, the endpoint's row says so, and the next activation goes on from there.
/// </summary>
internal sealed partial class WebhookCircuitGrain(
    WebhookStore webhooks, BpcSettings settings, TimeProvider time, ILogger<WebhookCircuitGrain> log)
    : Grain, IWebhookCircuitGrain
{
    private Circuit _circuit = new(settings.WebhookConcurrency);
    private Guid _endpoint;
    private Guid _tenant;
    private bool _unsaved; // what the row says is not so any more: the next report saves it too

    public override async Task OnActivateAsync(CancellationToken ct)
    {
        _endpoint = this.GetPrimaryKey(out var tenant);
        _tenant = Guid.Parse(tenant!);
        if (await webhooks.FindCircuitAsync(_tenant, _endpoint, ct) is { } stored)
        {
            var now = time.GetUtcNow();
            _circuit.Restore(stored.Failures, now + stored.OpenFor, now - stored.FailingFor);
        }
    }

    public Task<TimeSpan> AdmitAsync(Guid ticket, bool evenIfOpen) =>
        Task.FromResult(_circuit.Admit(ticket, time.GetUtcNow(), evenIfOpen));

    public async Task<TimeSpan?> CompleteAsync(Guid ticket, bool? answered)
    {
        var now = time.GetUtcNow();
        _unsaved |= _circuit.Complete(ticket, answered, now);
        if (_unsaved)
        {
            await webhooks.SaveCircuitAsync(
                _tenant, _endpoint,
                new(_circuit.Failures, _circuit.OpenUntil - now, now - _circuit.FailingSince));
            _unsaved = false;
            if (_circuit.OpenUntil is { } until)
            {
                Opened(_endpoint, _circuit.Failures, (until - now).TotalSeconds);
            }
            else
            {
                Closed(_endpoint);
            }
        }

        return now - _circuit.FailingSince;
    }

    public async Task ResetAsync()
    {
        _circuit = new(settings.WebhookConcurrency);
        await webhooks.SaveCircuitAsync(_tenant, _endpoint, new(0, null, null));
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Webhook endpoint {EndpointId} failed {Failures} times in a row; its deliveries wait for {Seconds} s")]
    private partial void Opened(Guid endpointId, int failures, double seconds);

    [LoggerMessage(LogLevel.Information, "Webhook endpoint {EndpointId} answers again")]
    private partial void Closed(Guid endpointId);
}
