using System.Net;
using System.Net.Sockets;
using Bpc.Core;

namespace Bpc.Grains.Webhooks;

/// <summary>Finds the addresses of a host name.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken ct);

/// <summary>
/// The HTTP client of deliveries. A name is resolved once, its addresses are checked, and one of those very addresses
/// is dialled: a name that changes its answer between check and connect gains nothing. No redirects, no proxy, no
/// cookies, and nothing of the answer's body.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private readonly AddressPolicy _policy;
    private readonly ResolveHost _resolve;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookClient(AddressPolicy policy, ResolveHost resolve, TimeProvider time)
    {
        (_policy, _resolve, _time) = (policy, resolve, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = async (context, ct) => await ConnectAsync(context.DnsEndPoint, ct),
        })
        { Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Never throws for what the endpoint does or is; only where the delivery is broken off.</summary>
    public async Task<DeliveryAnswer> PostAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var started = _time.GetTimestamp();
        return await TryAsync(request, ct) with { Took = _time.GetElapsedTime(started) };
    }

    public void Dispose() => _http.Dispose();

    private async Task<DeliveryAnswer> TryAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var retryAfter = response.Headers.RetryAfter;
            return DeliveryAnswer.Of(
                (int)response.StatusCode, retryAfter?.Delta ?? retryAfter?.Date - _time.GetUtcNow());
        }
        catch (HttpRequestException e) when (e.InnerException is BpcException refused)
        {
            return new(null, refused.Code, refused.Message);
        }
        catch (HttpRequestException e)
        {
            return DeliveryAnswer.Failed($"{e.HttpRequestError}: {e.Message}");
        }
        catch (Exception e) when (e is NotSupportedException or UriFormatException or InvalidOperationException)
        {
            return new(null, BpcError.WebhookUrlForbidden, e.Message); // a scheme or host no POST can be sent to
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return DeliveryAnswer.Failed("no answer within 30 s");
        }
    }

    private async Task<NetworkStream> ConnectAsync(DnsEndPoint host, CancellationToken ct)
    {
        var addresses = await _resolve(host.Host, ct);
        var allowed = addresses.Where(_policy.Allows).ToArray();
        if (allowed.Length == 0)
        {
            var found = string.Join(", ", addresses.AsEnumerable());
            throw new BpcException(
                BpcError.WebhookUrlForbidden,
                $"{host.Host} is at {found}, where webhooks may not go (BPC_WEBHOOK_ALLOW_CIDRS)");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
