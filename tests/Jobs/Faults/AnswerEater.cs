using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>
/// A way to the database that breaks once, at the worst moment: a transaction that carried the mark has been committed,
/// and its answer never arrives.
/// </summary>
internal sealed class AnswerEater : IAsyncDisposable
{
    // ReadyForQuery outside any transaction: what came before it is committed.
    private static readonly byte[] s_committed = [(byte)'Z', 0, 0, 0, 5, (byte)'I'];

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _mark;
    private readonly int _server;
    private readonly Task _accepting;
    private int _eaten;

    public AnswerEater(int server, string mark, int port = 0)
    {
        _listener = new(IPAddress.Loopback, port);
        (_server, _mark) = (server, Encoding.UTF8.GetBytes(mark));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool HasEaten => Volatile.Read(ref _eaten) == 1;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
            var (near, far) = (client.GetStream(), server.GetStream());
            var marked = false;
            var asking = PumpAsync(near, far, bytes =>
            {
                marked |= bytes.Span.IndexOf(_mark) >= 0;
                return true;
            });
            var answering = PumpAsync(far, near, bytes =>
                !marked || bytes.Span.IndexOf(s_committed) < 0 || Interlocked.Exchange(ref _eaten, 1) == 1);
            await Task.WhenAny(asking, answering); // either end takes both connections with it
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> passes)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var length && passes(buffer.AsMemory(0, length)))
        {
            await to.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }
}
