using System.Diagnostics;
using Spectre.Console;

namespace Bpc.Cli.Demo;

/// <summary>Tells each step of the demo with its result and its duration.</summary>
internal sealed class Narrator(IAnsiConsole console)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public IAnsiConsole Console => console;

    /// <summary>Runs a step; on a terminal something moves meanwhile.</summary>
    public async Task<T> StepAsync<T>(string title, Func<Task<T>> work, Func<T, IEnumerable<string>> tell)
    {
        var started = Stopwatch.GetTimestamp();
        var result = console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal
            ? await console.Status().StartAsync(Markup.Escape(title), _ => work())
            : await work();
        var took = Stopwatch.GetElapsedTime(started);
        console.MarkupLine($"[green]✓[/] [bold]{Markup.Escape(title)}[/] [dim]({took.TotalMilliseconds:0} ms)[/]");
        foreach (var line in tell(result))
        {
            Detail(line);
        }

        return result;
    }

    public void Title(string text) => console.MarkupLine($"[bold]{Markup.Escape(text)}[/]");

    public void Detail(string text) => console.UnbrokenLine($"    [dim]{Markup.Escape(text)}[/]");

    public void Link(string name, string address) =>
        console.UnbrokenLine($"  {Markup.Escape(name),-18} [blue]{Markup.Escape(address)}[/]");

    public void Blank() => console.WriteLine();
}
