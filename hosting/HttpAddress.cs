using System.Net;
using System.Net.Sockets;

namespace Bpc.Hosting;

/// <summary>BPC_HTTP_HOST with a port, as an address.</summary>
public static class HttpAddress
{
    /// <summary>What a server listens on.</summary>
    public static string ToListen(string host, int port) => $"http://{InUrl(host)}:{port}";

    /// <summary>
    /// Where this machine reaches that server: one that listens on all addresses is called on loopback, because nobody
    /// is at 0.0.0.0.
    /// </summary>
    public static Uri OnThisMachine(string host, int port)
    {
        var reachable = !IPAddress.TryParse(host, out var address) ? host
            : address.Equals(IPAddress.Any) ? $"{IPAddress.Loopback}"
            : address.Equals(IPAddress.IPv6Any) ? $"{IPAddress.IPv6Loopback}"
            : host;
        return new($"http://{InUrl(reachable)}:{port}/");
    }

    private static string InUrl(string host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{address}]" : host;
}
