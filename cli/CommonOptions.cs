using System.CommandLine;

namespace Bpc.Cli;

/// <summary>Options that mean the same in several commands.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, one line an answer, for scripts." };

    /// <summary>A whole number within its limits, which the description ends with.</summary>
    public static Option<int> Whole(string name, int usual, int least, int most, string description)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} {least:n0} to {most:n0}.",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            // What is no number at all has its error already.
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value)
                && (value < least || value > most))
            {
                result.AddError($"{name} is {value}; {least} to {most} are allowed");
            }
        });
        return option;
    }
}
