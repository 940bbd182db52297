using Microsoft.Extensions.Logging;

namespace Bpc.Hosting.Logging;

/// <summary>The logger of one category.</summary>
internal sealed class LineLogger(LogWriter writer, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => writer.Scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        writer.Add(writer.Settings.Json
            ? LogLine.Json(writer.Now, logLevel, category, message, exception, Values(state))
            : LogLine.Text(writer.Now, logLevel, message, exception));
    }

    private List<KeyValuePair<string, object?>> Values<TState>(TState state)
    {
        var values = new List<KeyValuePair<string, object?>>();
        Add(state, values);
        writer.Scopes.ForEachScope(Add, values);
        return values;
    }

    private static void Add(object? state, List<KeyValuePair<string, object?>> values)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> named)
        {
            values.AddRange(named);
        }
    }
}
