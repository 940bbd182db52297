using System.Net;
using System.Net.Sockets;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Grains.Webhooks;

namespace Bpc.Tests.Slices.Webhooks;

/// <summary>A listener on every address of this machine counts who comes: nobody may, whatever the URL.</summary>
public sealed class TrapTests : IDisposable
{
    private readonly TcpListener _trap = TcpListener.Create(0); // IPv4 and IPv6

    public TrapTests() => _trap.Start();

    private int Port => ((IPEndPoint)_trap.LocalEndpoint).Port;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_than_two_hundred_hostile_urls_reach_nothing()
    {
        var urls = HostileUrls.To(Port);
        Assert.True(urls.Distinct().Count() >= 200, $"{urls.Distinct().Count()} URLs");
        using var client = Client([]);
        var guests = 0;
        var answering = AnswerAsync();

        await Parallel.ForEachAsync(urls, Ct, async (url, ct) =>
        {
            if (Request(url) is { } request)
            {
                using (request)
                {
                    var answer = await client.PostAsync(request, ct);
                    Assert.True(answer.Status is null && answer.Error is not null, $"{url} was answered");
                }
            }
        });

        _trap.Stop();
        await answering;
        Assert.Equal(0, guests);

        // The trap answers, so that a URL that reaches it is named at once and not after a time-out.
        async Task AnswerAsync()
        {
            try
            {
                while (true)
                {
                    using var guest = await _trap.AcceptSocketAsync(Ct);
                    guests++;
                    await guest.ReceiveAsync(new byte[16 * 1024], Ct);
                    await guest.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), Ct);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // the trap was taken away
            }
        }
    }

    [Fact]
    public async Task A_proxy_of_this_machine_is_not_asked()
    {
        var usual = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new ProxyOf("proxied.example", new($"http://127.0.0.2:{Port}"));
        try
        {
            using var client = Client(
                ["127.0.0.2/32"], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2")]));
            using var request = Request("http://proxied.example:9/hook")!; // nobody listens on port 9

            Assert.Equal(BpcError.WebhookFailed, (await client.PostAsync(request, Ct)).Error);
            Assert.False(_trap.Pending());
        }
        finally
        {
            HttpClient.DefaultProxy = usual;
        }
    }

    [Fact]
    public async Task Where_the_operator_opens_loopback_the_trap_is_reached()
    {
        using var client = Client(["127.0.0.0/8"]);
        using var request = Request($"http://127.0.0.1:{Port}/hook")!;
        var posting = client.PostAsync(request, Ct);

        using (await _trap.AcceptTcpClientAsync(Ct))
        {
        }

        Assert.Equal(BpcError.WebhookFailed, (await posting).Error);
    }

    [Fact]
    public async Task A_redirect_to_this_machine_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync(_ => 307, location: $"http://127.0.0.1:{Port}/hook");
        using var client = Client(["127.0.0.0/8"]);
        using var request = Request(receiver.Url)!;

        var answer = await client.PostAsync(request, Ct);

        Assert.Equal((307, BpcError.WebhookRejected), (answer.Status, answer.Error));
        Assert.False(_trap.Pending());
    }

    [Fact]
    public async Task A_name_that_changes_its_answer_is_dialled_at_the_address_that_was_checked()
    {
        // 127.0.0.2 stands for the public address of the name; 127.0.0.1, where the trap is, for a private one.
        var port = Port;
        _trap.Stop();
        using var good = new TcpListener(IPAddress.Parse("127.0.0.2"), port);
        using var trap = new TcpListener(IPAddress.Loopback, port);
        trap.Start();
        good.Start();
        var asked = 0;
        using var client = Client(["127.0.0.2/32"], (_, _) => Task.FromResult<IPAddress[]>(
            Interlocked.Increment(ref asked) == 1 ? [IPAddress.Parse("127.0.0.2")] : [IPAddress.Loopback]));

        using var first = Request($"http://rebinding.example:{port}/hook")!;
        var posting = client.PostAsync(first, Ct);
        var reached = good.AcceptTcpClientAsync(Ct).AsTask();
        Assert.Same(reached, await Task.WhenAny(reached, posting));
        (await reached).Dispose();

        await posting;
        Assert.Equal(1, asked);
        using var second = Request($"http://rebinding.example:{port}/hook")!;
        Assert.Equal(BpcError.WebhookUrlForbidden, (await client.PostAsync(second, Ct)).Error);
        Assert.Equal(2, asked);
        Assert.False(trap.Pending());
    }

    [Fact]
    public async Task Of_a_name_with_good_and_bad_addresses_only_the_good_ones_are_dialled()
    {
        using var client = Client(["127.0.0.2/32"], (_, _) => Task.FromResult<IPAddress[]>(
            [IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("::ffff:127.0.0.1"),
                IPAddress.Parse("127.0.0.2")]));
        _trap.Stop();
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        using var request = Request($"http://mixed.example:{((IPEndPoint)trap.LocalEndpoint).Port}/hook")!;

        Assert.Equal(BpcError.WebhookFailed, (await client.PostAsync(request, Ct)).Error); // nobody listens on .2

        Assert.False(trap.Pending());
    }

    public void Dispose() => _trap.Dispose();

    private static WebhookClient Client(string[] allowed, ResolveHost? resolve = null) => new(
        new AddressPolicy(new BpcSettings { WebhookAllowCidrs = allowed }), resolve ?? Dns.GetHostAddressesAsync,
        TimeProvider.System);

    // Other tests of this process go on without a proxy.
    private sealed class ProxyOf(string host, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => proxy;

        public bool IsBypassed(Uri destination) => destination.Host != host;
    }

    // A text that is no URL reaches nothing already.
    private static HttpRequestMessage? Request(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address)
        ? new(HttpMethod.Post, address) { Content = new ByteArrayContent([]) } : null;
}
