using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Bpc.Hosting.Logging;

/// <summary>
/// One log line: <c>[2025-12-28T12:00:00Z] INFO  Worker started: worker-id=worker-1</c>, or a JSON object with time,
/// level, message and a member for each named value (JobId is job_id), the line's own and those of the scopes around
/// it.
/// </summary>
public static class LogLine
{
    private static readonly JsonWriterOptions s_readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static volatile StampedSecond? s_stamp;

    private sealed record StampedSecond(long Second, string Text);

    /// <param name="values">
    /// Of these the correlation id follows the message: whoever got an error was told to look for it.
    /// </param>
    public static string Text(
        DateTimeOffset time, LogLevel level, string message, Exception? error,
        IEnumerable<KeyValuePair<string, object?>> values)
    {
        var correlation = values.FirstOrDefault(v => v is { Key: "correlation_id", Value: not null }).Value;
        var found = correlation is null ? "" : $" correlation_id={correlation}";
        var line = string.Concat(Stamp(time), Padded(level), OneLine(message + found));
        return error is null ? line : $"{line}{Environment.NewLine}{error}";
    }

    public static string Json(
        DateTimeOffset time, LogLevel level, string category, string message, Exception? error,
        IEnumerable<KeyValuePair<string, object?>> values)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_readable))
        {
            json.WriteStartObject();
            json.WriteString("time", Precise(time));
            json.WriteString("level", Name(level));
            json.WriteString("message", message);
            json.WriteString("logger", category);
            var written = new HashSet<string> { "time", "level", "message", "logger", "exception" };
            foreach (var (name, value) in values)
            {
                // The line's own values come first and stand; a scope's value of the same name adds nothing.
                if (value is not null && name != "{OriginalFormat}" && written.Add(Member(name)))
                {
                    Value(json, Member(name), value);
                }
            }

            if (error is not null)
            {
                json.WriteString("exception", error.ToString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Value(Utf8JsonWriter json, string member, object value)
    {
        switch (value)
        {
            case bool flag: json.WriteBoolean(member, flag); break;
            case int number: json.WriteNumber(member, number); break;
            case long number: json.WriteNumber(member, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(member, number); break;
            default: json.WriteString(member, Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static string Member(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    // What is read by programs is put in order by them.
    private static string Precise(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // Thousands of lines a second share one.
    private static string Stamp(DateTimeOffset time)
    {
        var second = time.UtcTicks / TimeSpan.TicksPerSecond;
        if (s_stamp is not { } stamp || stamp.Second != second)
        {
            stamp = new(
                second, time.UtcDateTime.ToString("'['yyyy-MM-dd'T'HH:mm:ss'Z] '", CultureInfo.InvariantCulture));
            s_stamp = stamp;
        }

        return stamp.Text;
    }

    private static string Padded(LogLevel level) => level switch
    {
        LogLevel.Information => "INFO  ",
        LogLevel.Warning => "WARN  ",
        _ => Name(level) + " ",
    };

    // What a client sent must not be able to write lines of its own.
    private static string OneLine(string message) =>
        message.AsSpan().IndexOfAny('\r', '\n') < 0 ? message : message.ReplaceLineEndings(" ");

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };
}
