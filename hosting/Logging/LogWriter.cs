using System.Text;
using System.Threading.Channels;
using Bpc.Core;
using Bpc.Core.Settings;
using Microsoft.Extensions.Logging;

namespace Bpc.Hosting.Logging;

/// <summary>
/// Writes log lines to standard output, and to BPC_LOG_FILE where it is set, on one task of its own: whoever logs never
/// waits for a disk or a terminal. What does not fit into the queue is dropped, and how much that was is said.
/// </summary>
[ProviderAlias("Bpc")]
public sealed class LogWriter : ILoggerProvider, ISupportExternalScope
{
    private const int MaxWaiting = 20_000;
    private const int BufferBytes = 1 << 16; // what waits is flushed together

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly TimeProvider _clock;
    private readonly Task _writing;
    private long _dropped;

    public LogWriter(LogSettings settings, TimeProvider clock)
    {
        (Settings, _clock, Repeats) = (settings, clock, new(clock));
        StreamWriter[] outputs = [.. settings.Console ? StandardOutput() : [], .. File(settings.File)];
        _writing = Task.Run(() => WriteAsync(outputs));
    }

    internal LogSettings Settings { get; }

    internal RepeatLimit Repeats { get; }

    internal IExternalScopeProvider Scopes { get; private set; } = new LoggerExternalScopeProvider();

    internal DateTimeOffset Now => _clock.GetUtcNow();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => Scopes = scopeProvider;

    /// <summary>Returns when everything is written.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writing.GetAwaiter().GetResult();
    }

    internal void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private static StreamWriter[] StandardOutput() => [new(Console.OpenStandardOutput(), bufferSize: BufferBytes)];

    private static StreamWriter[] File(string? path)
    {
        try
        {
            return path is null ? [] : [new(path, append: true, new UTF8Encoding(false), BufferBytes)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BpcException(BpcError.ConfigMissing, $"BPC_LOG_FILE: {e.Message}");
        }
    }

    private async Task WriteAsync(StreamWriter[] outputs)
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var line))
            {
                await ToAllAsync(outputs, o => o.WriteLineAsync(line));
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                var line = LogLine.Text(Now, LogLevel.Warning, $"{dropped} log lines were too many and dropped", null);
                await ToAllAsync(outputs, o => o.WriteLineAsync(line));
            }

            await ToAllAsync(outputs, o => o.FlushAsync());
        }

        foreach (var output in outputs)
        {
            await output.DisposeAsync();
        }
    }

    // A full disk or a closed pipe must not end the work that is logged.
    private static async Task ToAllAsync(StreamWriter[] outputs, Func<StreamWriter, Task> write)
    {
        foreach (var output in outputs)
        {
            try
            {
                await write(output);
            }
            catch (IOException)
            {
                // The line is lost; there is nowhere left to say so.
            }
        }
    }
}
