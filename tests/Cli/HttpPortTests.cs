using System.Net;
using System.Net.Sockets;
using Bpc.Cli.Up;
using Bpc.Core;

namespace Bpc.Tests.Cli;

public sealed class HttpPortTests : IDisposable
{
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);
    private readonly List<string> _said = [];

    public HttpPortTests() => _other.Start();

    private int Taken => ((IPEndPoint)_other.LocalEndpoint).Port;

    public void Dispose() => _other.Dispose();

    [Fact]
    public void A_taken_default_port_gives_way_to_a_free_one_and_says_so()
    {
        var port = HttpPort.Choose("127.0.0.1", Taken, asked: false, _said.Add);

        Assert.NotEqual(Taken, port);
        Assert.Contains($"{port}", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_taken_port_that_somebody_asked_for_is_a_wrong_setting()
    {
        var error = Assert.Throws<BpcException>(() => HttpPort.Choose("127.0.0.1", Taken, asked: true, _said.Add));

        Assert.Equal(BpcError.ConfigMissing, error.Code);
        Assert.Contains("BPC_HTTP_PORT", error.Message, StringComparison.Ordinal);
    }
}
