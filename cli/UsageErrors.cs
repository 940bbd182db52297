using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bpc.Cli;

/// <summary>Tells what was typed wrong, in the words of whoever typed it, and where help is.</summary>
internal static class UsageErrors
{
    public static int Show(ParseResult parse, TextWriter error)
    {
        // An unknown word also leaves its command incomplete: only the word is worth a line.
        var unknown = parse.UnmatchedTokens;
        foreach (var line in parse.Errors
            .Where(e => unknown.Count == 0 || unknown.Any(word => e.Message.Contains(word, StringComparison.Ordinal)))
            .Select(Line).Distinct())
        {
            error.WriteLine(line);
        }

        var names = new List<string>();
        for (var at = parse.CommandResult; at is not null; at = at.Parent as CommandResult)
        {
            names.Insert(0, at.Command is RootCommand ? "./bpc" : at.Command.Name);
        }

        error.WriteLine($"Try: {string.Join(' ', names)} --help");
        return ExitCode.Usage;
    }

    private static string Line(ParseError problem)
    {
        // The library says of a value it cannot read which .NET type it is not.
        var (name, type) = Named(problem.SymbolResult);
        if (problem.Message.Contains("as expected type", StringComparison.Ordinal))
        {
            var typed = string.Join(' ', problem.SymbolResult!.Tokens.Select(token => token.Value));
            return $"{name} is '{typed}'; {Wanted(Nullable.GetUnderlyingType(type) ?? type)} is wanted";
        }

        // Of what is missing it names the command, where the value has a name too.
        if (problem.Message.StartsWith("Required argument missing", StringComparison.Ordinal))
        {
            return name.StartsWith('-') ? $"{name} has no value" : $"{name} is missing";
        }

        if (problem is { SymbolResult: CommandResult { Command.Subcommands: [_, ..] words } }
            && problem.Message.StartsWith("Required command", StringComparison.Ordinal))
        {
            return $"a command is missing: {string.Join(", ", words.Select(word => word.Name))}";
        }

        // Lists come on one line.
        return string.Join(' ', problem.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static (string Name, Type Type) Named(SymbolResult? result) => result switch
    {
        OptionResult option => (option.Option.Name, option.Option.ValueType),
        ArgumentResult { Parent: OptionResult option } => (option.Option.Name, option.Option.ValueType),
        ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType),
        _ => ("a value", typeof(object)),
    };

    private static string Wanted(Type type) =>
        type == typeof(Guid) ? CommonOptions.AnId
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(DateOnly) ? "a day such as 2027-02-18"
        : "something else";
}
