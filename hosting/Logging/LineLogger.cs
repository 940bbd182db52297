using System.Diagnostics;
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
        var repeats = logLevel >= LogLevel.Warning ? writer.Repeats.Count(category, Template(state)) : 0;
        if (repeats > RepeatLimit.Most)
        {
            return;
        }

        var message = formatter(state, exception);
        if (repeats == RepeatLimit.Most)
        {
            message += " (more of these within the minute are left out)";
        }

        writer.Add(writer.Line(
            logLevel, category, message, exception,
            writer.Settings.Json || logLevel >= LogLevel.Warning ? Values(state) : []));
    }

    // The message before its values are filled in; by custom the last of a state's members.
    private static string Template<TState>(TState state) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } named && named[^1].Value is string template
            ? template : "";

    private List<KeyValuePair<string, object?>> Values<TState>(TState state)
    {
        var values = new List<KeyValuePair<string, object?>>();
        Add(state, values);
        if (Activity.Current is { } span)
        {
            values.Add(new("trace_id", span.TraceId.ToHexString()));
            values.Add(new("span_id", span.SpanId.ToHexString()));
        }

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
