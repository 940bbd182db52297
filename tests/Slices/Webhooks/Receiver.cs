using System.Net;
using System.Threading.Channels;

namespace Bpc.Tests.Slices.Webhooks;

/// <summary>A delivery as it arrived.</summary>
public sealed record Received(IHeaderDictionary Headers, byte[] Body);

/// <summary>A real HTTP server on loopback that takes deliveries and answers as it is told.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _count;
    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();

    private Receiver(Func<int, int> answer, string? retryAfter, string? location)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders(); // its requests are what the tests look at, not what people read
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/hook", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.StatusCode = answer(Interlocked.Increment(ref _count));
            context.Response.Headers.Location = location;
            context.Response.Headers.RetryAfter = retryAfter;
            _received.Writer.TryWrite(
                new(new HeaderDictionary(context.Request.Headers.ToDictionary()), body.ToArray()));
        });
    }

    public int Count => _count;

    public string Url => $"{_app.Urls.Single()}/hook";

    /// <param name="answer">The status for the first, second … delivery.</param>
    /// <param name="retryAfter">The header of every answer.</param>
    public static async Task<Receiver> StartAsync(
        Func<int, int> answer, string? retryAfter = null,
        string location = "http://127.0.0.1:1/elsewhere")
    {
        var receiver = new Receiver(answer, retryAfter, location);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async Task<Received> NextAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(90));
        return await _received.Reader.ReadAsync(deadline.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
