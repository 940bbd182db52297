using System.Net;
using System.Net.Sockets;

namespace Bpc.Hosting;

/// <summary>
/// Ports nobody listens on, so that any number of processes start on one machine without being told apart.
/// </summary>
public static class FreePort
{
    public static int On(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
