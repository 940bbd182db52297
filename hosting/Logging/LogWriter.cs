using System.Threading.Channels;
using Bpc.Core.Settings;
using Microsoft.Extensions.Logging;

namespace Bpc.Hosting.Logging;

/// <summary>
/// Writes log lines to standard output, and to BPC_LOG_FILE where it is set, on one task of its own: whoever logs never
/// waits for a disk or a terminal. What does not fit into the queue is dropped, and how much that was is said.
/// </summary>
[ProviderAlias("Bpc")]
public sealed class LogWriter : ILoggerProvider
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
        StreamWriter[] outputs = [
            .. settings.Console ? StandardOutput() : [],
            .. settings.File is { } path ? new[] { LogFile.Open(path, BufferBytes) } : [],
        ];
        _writing = Task.Run(() => WriteAsync(outputs));
    }

    internal LogSettings Settings { get; }

    internal RepeatLimit Repeats { get; }

    /// <summary>The logging scopes that lines are written in.</summary>
    internal IExternalScopeProvider Scopes { get; } = new LoggerExternalScopeProvider();

    internal DateTimeOffset Now => _clock.GetUtcNow();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <summary>Returns when everything is written.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writing.GetAwaiter().GetResult();
    }

    /// <summary>A line in the form BPC_LOG_JSON asks for.</summary>
    internal string Line(
        LogLevel level, string category, string message, Exception? error,
        IEnumerable<KeyValuePair<string, object?>> values) =>
        Settings.Json ? LogLine.Json(Now, level, category, message, error, values)
            : LogLine.Text(Now, level, message, error, values);

    internal void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private static StreamWriter[] StandardOutput() => [new(Console.OpenStandardOutput(), bufferSize: BufferBytes)];

    private async Task WriteAsync(StreamWriter[] outputs)
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var line))
            {
                ToAll(outputs, output => output.WriteLine(line));
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                var line = Line(
                    LogLevel.Warning, typeof(LogWriter).FullName!, $"{dropped} log lines were too many and dropped",
                    error: null, [new("dropped", dropped)]);
                ToAll(outputs, output => output.WriteLine(line));
            }

            ToAll(outputs, output => output.Flush());
        }

        ToAll(outputs, output => output.Dispose());
    }

    // Into a buffer, mostly: a task for each line would cost more than the line. A full disk or a closed pipe must not
    // end the work that is logged.
    private static void ToAll(StreamWriter[] outputs, Action<StreamWriter> write)
    {
        foreach (var output in outputs)
        {
            try
            {
                write(output);
            }
            catch (IOException)
            {
                // The line is lost; there is nowhere left to say so.
            }
        }
    }
}

