using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bpc.Cli;

/// <summary>Options and arguments that mean the same in several commands.</summary>
internal static class CommonOptions
{
    public const string AnId = "an id such as 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10";

    public static Option<bool> Json() => new("--json") { Description = "JSON for scripts, one line per answer." };

    /// <summary>A whole number within its limits, which the description ends with.</summary>
    public static Option<int> Whole(string name, int usual, int least, int most, string description)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} {least:n0} to {most:n0}.",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result => CheckWithin(result, name, least, most));
        return option;
    }

    /// <summary>The same, null where it is absent.</summary>
    public static Option<int?> WholeOrNone(string name, int least, int most, string description)
    {
        var option = new Option<int?>(name) { Description = $"{description} {least:n0} to {most:n0}." };
        option.Validators.Add(result => CheckWithin(result, name, least, most));
        return option;
    }

    /// <summary>An argument that must be there, a whole number within its limits.</summary>
    public static Argument<int> WholeArgument(string name, int least, int most, string description)
    {
        var argument = new Argument<int>(name) { Description = $"{least:n0} to {most:n0}; {description}" };
        argument.Validators.Add(result => CheckWithin(result, name, least, most));
        return argument;
    }

    /// <summary>One of some words, typed in any case and read as they stand here.</summary>
    public static Option<T> OfWords<T>(this Option<T> option, params string[] words) where T : class?
    {
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var word = words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (word is null)
            {
                result.AddError($"{option.Name} is '{text}'; {string.Join(", ", words)} are allowed");
            }

            return (T)(object)word!;
        };
        option.CompletionSources.Add(words);
        return option;
    }

    // Read here: of several values the library takes one it cannot read for an unknown command.
    public static Argument<Guid[]> Ids(string name, string description, ArgumentArity arity) => new(name)
    {
        Description = description,
        Arity = arity,
        CustomParser = ReadIds,
    };

    /// <summary>
    /// Whether somebody typed it. A check of a whole command asks this: it comes before the values are read, and
    /// reading one that is wrong would end the program.
    /// </summary>
    public static bool IsGiven(this CommandResult command, Option option) =>
        command.GetResult(option) is { Implicit: false };

    /// <summary>Whether a flag is on; <c>--flag=false</c> is off.</summary>
    public static bool IsOn(this CommandResult command, Option<bool> flag) =>
        command.GetResult(flag) is { Implicit: false, Tokens: [] or [{ Value: "true" }] };

    private static Guid[] ReadIds(ArgumentResult result)
    {
        var ids = new List<Guid>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (Guid.TryParse(text, out var id))
            {
                ids.Add(id);
            }
            else
            {
                result.AddError($"{result.Argument.Name} is '{text}'; {AnId} is wanted");
            }
        }

        return [.. ids];
    }

    private static void CheckWithin(SymbolResult result, string name, int least, int most)
    {
        // What is no number at all has its error already.
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value)
            && (value < least || value > most))
        {
            result.AddError($"{name} is {value}; {least} to {most} are allowed");
        }
    }
}
