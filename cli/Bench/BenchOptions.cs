using System.CommandLine;

namespace Bpc.Cli.Bench;

/// <summary>Whole numbers with their limits, and what both benchmarks are asked alike.</summary>
internal static class BenchOptions
{
    public static Option<int> Rounds() => Whole("--rounds", 3, 1, 20, "How often; medians are shown.");

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
