using System.Net;
using Bpc.Hosting;

namespace Bpc.Tests;

/// <summary>Ports for programs that are told theirs before they listen.</summary>
internal static class TestPort
{
    // Below those the system itself hands out (32768 to 60999 on Linux): a connection of another test's would take one
    // before its program has begun to listen.
    private const int First = 10_000;
    private const int Count = 20_000;

    // Somewhere else in each run, so that two runs on one machine do not meet.
    private static int s_next = Random.Shared.Next(Count);

    /// <summary>One that nobody listens on, and that no other test of this run is given.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref s_next) % Count);
            if (FreePort.IsFree(IPAddress.Loopback, port))
            {
                return port;
            }
        }
    }
}
