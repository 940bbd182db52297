using System.Net;
using System.Net.Sockets;
using Bpc.Core;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// The HTTP client of deliveries. A name is resolved once, its addresses are checked, and one of those very addresses
/// is dialled: a
/// name that changes its answer between check and connect gains nothing. No redirects, no proxy, no cookies.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private readonly HttpClient _http;

    public WebhookClient(AddressPolicy policy)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = async (context, ct) => await ConnectAsync(policy, context.DnsEndPoint, ct),
        };
        _http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>The status answered; the answer's body is not read.</summary>
    public async Task<HttpStatusCode> PostAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return response.StatusCode;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<NetworkStream> ConnectAsync(AddressPolicy policy, DnsEndPoint host, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(host.Host, ct);
        var allowed = addresses.Where(policy.Allows).ToArray();
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
