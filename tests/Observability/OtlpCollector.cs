using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Bpc.Tests.Observability;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ExportedSpan(string TraceId, string SpanId, string ParentSpanId, string Name);

/// <summary>An OpenTelemetry collector on loopback: OTLP over HTTP, spans only.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ExportedSpan> _spans = new();
    private readonly ConcurrentQueue<byte[]> _requests = new();

    private OtlpCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/v1/traces", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            _requests.Enqueue(body.ToArray());
            Read(body.ToArray());
        });
    }

    public IReadOnlyCollection<ExportedSpan> Spans => _spans;

    /// <summary>All that arrived, as it arrived.</summary>
    public IReadOnlyCollection<byte[]> Requests => _requests;

    public string Url => _app.Urls.Single();

    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector();
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // opentelemetry/proto/trace/v1/trace.proto: request {1: resource spans {2: scope spans {2: span}}}.
    private void Read(byte[] request)
    {
        foreach (var resource in Fields(request).Where(f => f.Number == 1))
        {
            foreach (var scope in Fields(resource.Value).Where(f => f.Number == 2))
            {
                foreach (var span in Fields(scope.Value).Where(f => f.Number == 2))
                {
                    var fields = Fields(span.Value).ToLookup(f => f.Number, f => f.Value);
                    _spans.Enqueue(new(
                        Convert.ToHexStringLower(fields[1].Single()), Convert.ToHexStringLower(fields[2].Single()),
                        Convert.ToHexStringLower(fields[4].SingleOrDefault([])),
                        Encoding.UTF8.GetString(fields[5].Single())));
                }
            }
        }
    }

    /// <summary>The length-delimited fields of a message; numbers are passed over.</summary>
    private static IEnumerable<(int Number, byte[] Value)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Number(message, ref at);
            switch (tag & 7)
            {
                case 0: Number(message, ref at); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Number(message, ref at);
                    yield return ((int)(tag >> 3), message[at..(at + length)]);
                    at += length;
                    break;
                default: throw new InvalidDataException($"wire type {tag & 7}");
            }
        }
    }

    private static ulong Number(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
