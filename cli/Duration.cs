using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bpc.Cli;

/// <summary>How long, as a person types it: 90s, 30m, 2h, 1d, or [days.]hh:mm:ss.</summary>
internal static class Duration
{
    private static readonly TimeSpan s_most = TimeSpan.FromDays(3650);
    private static readonly string[] s_clock = [@"h\:mm\:ss", @"hh\:mm\:ss", @"d\.h\:mm\:ss", @"d\.hh\:mm\:ss"];

    public static Option<TimeSpan> Option(string name, string description) => new(name)
    {
        Description = $"{description}: 90s, 30m, 2h, 1d or [days.]hh:mm:ss.",
        CustomParser = ReadToken,
    };

    /// <summary>Null where it is none. A bare number is none: nobody can tell of what.</summary>
    public static TimeSpan? Read(string text)
    {
        if (TimeSpan.TryParseExact(text, s_clock, CultureInfo.InvariantCulture, out var time))
        {
            return time;
        }

        // Six digits of days are far more than is allowed, and still a time.
        return text is [.. { Length: <= 6 } digits, var unit]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? unit switch
            {
                's' => TimeSpan.FromSeconds(count),
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(count),
                _ => null,
            }
            : null;
    }

    private static TimeSpan ReadToken(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Read(text) is { } time && time > TimeSpan.Zero && time <= s_most)
        {
            return time;
        }

        var name = ((OptionResult)result.Parent!).Option.Name;
        result.AddError(
            $"{name} is '{text}'; 90s, 30m, 2h, 1d or [days.]hh:mm:ss is wanted, {s_most.Days} days at most");
        return default;
    }
}
