using System.Net;
using Bpc.Core;
using Bpc.Hosting;

namespace Bpc.Cli.Up;

/// <summary>The gateway's port: the one somebody asked for, or nothing; the default one, or else a free one.</summary>
internal static class HttpPort
{
    public static int Choose(string host, int port, bool asked, Action<string> say)
    {
        if (IsFree(host, port))
        {
            return port;
        }

        if (asked)
        {
            throw new BpcException(
                BpcError.ConfigMissing,
                $"BPC_HTTP_PORT: {port} is taken by another process on {host}; name a free port, or unset it");
        }

        var free = FreePort.On(Address(host));
        say($"Port {port} is taken: using {free} (BPC_HTTP_PORT names another)");
        return free;
    }

    public static bool IsFree(string host, int port) => FreePort.IsFree(Address(host), port);

    private static IPAddress Address(string host) =>
        host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var address) ? address : IPAddress.Any;
}
