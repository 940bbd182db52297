using System.Net;
using System.Net.Sockets;
using Bpc.Core.Settings;
using Bpc.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bpc.Silo;

/// <summary>A silo's HTTP port: BPC_SILO_HTTP_PORT, else 8081, else a free one.</summary>
internal static class HttpPort
{
    private const int Usual = 8081;

    public static IWebHostBuilder ListenOn(this IWebHostBuilder web, BpcSettings settings)
    {
        web.UseUrls(HttpAddress.ToListen(settings.Http.Host, settings.Silo.HttpPort ?? Usual));
        if (settings.Silo.HttpPort is null)
        {
            // Bound at once or not at all: looking for a free port first would let two silos that start together find
            // the same.
            web.UseSockets(o => o.CreateBoundListenSocket = BindUsualOrFree);
        }

        return web;
    }

    private static Socket BindUsualOrFree(EndPoint endPoint)
    {
        try
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }
        catch (SocketException e)
            when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && endPoint is IPEndPoint usual)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(usual.Address, 0));
        }
    }
}
