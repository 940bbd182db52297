using System.Globalization;

namespace Bpc.Core.Canonical;

/// <summary>Times as they stand in canonical bytes: RFC 3339, UTC, <c>Z</c>, exactly six fractional digits.</summary>
public static class CanonicalTime
{
    private const string Form = "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'ffffff'Z'";

    /// <summary>
    /// The one text of an instant. A time that is not UTC or finer than a microsecond is refused, never rounded.
    /// </summary>
    public static string Text(DateTime utc) =>
        utc.Kind == DateTimeKind.Utc && utc.Ticks % TimeSpan.TicksPerMicrosecond == 0
            ? utc.ToString(Form, CultureInfo.InvariantCulture)
            : throw new ArgumentException(
                $"a time in canonical bytes is UTC and whole microseconds, not {utc:O}", nameof(utc));

    /// <summary>Whether the text is that of some instant.</summary>
    public static bool IsTime(string text) =>
        DateTime.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>A day as <c>2027-02-18</c>, in the one calendar, whatever calendar the culture has.</summary>
    public static bool TryParseDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
