using System.CommandLine;
using Spectre.Console;

namespace Bpc.Cli;

/// <summary>
/// Where a command speaks: its result on standard output, what it is doing and what went wrong on standard error.
/// Colours and moving things only on a terminal and without NO_COLOR; plain lines otherwise.
/// </summary>
internal sealed class Terminal
{
    public Terminal(TextWriter output, TextWriter error)
    {
        Output = output;
        Out = Create(output);
        Error = Create(error);
    }

    public static Terminal Of(ParseResult parse) =>
        new(parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);

    public IAnsiConsole Out { get; }

    public IAnsiConsole Error { get; }

    private TextWriter Output { get; }

    /// <summary>A line of the result, as it is.</summary>
    public void Line(string text = "") => Output.WriteLine(text);

    /// <summary>One JSON line of the result.</summary>
    public void WriteJson<T>(T value) => Output.WriteLine(Json.Line(value));

    /// <summary>A line about what is being done; <paramref name="text"/> is plain text.</summary>
    public void Say(string text) => Error.MarkupLine($"[dim]{Markup.Escape(text)}[/]");

    /// <summary>
    /// Something moves on a terminal while <paramref name="work"/> is done; elsewhere nothing is said.
    /// </summary>
    public T While<T>(string doing, Func<T> work) =>
        Error.Profile.Capabilities.Interactive && Error.Profile.Out.IsTerminal
            ? Error.Status().Start(Markup.Escape(doing), _ => work()) : work();

    private static IAnsiConsole Create(TextWriter writer)
    {
        var output = new AnsiConsoleOutput(writer);
        var plain = !output.IsTerminal || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = output,
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (!output.IsTerminal)
        {
            console.Profile.Width = UnbrokenLines.Width; // scripts read plain lines
        }

        return console;
    }
}

internal static class UnbrokenLines
{
    // Wider than any line.
    internal const int Width = 10_000;

    /// <summary>
    /// One line, however long: the terminal itself wraps it, so that a command or a link is whole where it is copied.
    /// </summary>
    public static void UnbrokenLine(this IAnsiConsole console, string markup)
    {
        var width = console.Profile.Width;
        console.Profile.Width = Width;
        console.MarkupLine(markup);
        console.Profile.Width = width;
    }
}
