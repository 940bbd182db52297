using System.CommandLine;
using System.Diagnostics;
using Bpc.Core.Rules;
using Spectre.Console;

namespace Bpc.Cli.Rules;

/// <summary><c>bpc rules test</c>: the same run that decides whether a package may be published.</summary>
internal static class TestRulesCommand
{
    private const int MostShown = 5;

    public static Command Create()
    {
        var file = RuleFile.Argument("A rule package, NAME.bpcr; its tests stand in NAME.test.bpcr.");
        var seed = new Option<long>("--seed")
        {
            Description = "Where the properties' random cases start; the same seed makes the same cases.",
            DefaultValueFactory = _ => 1,
        };
        var json = CommonOptions.Json();
        var command = new Verb(
            "test",
            "Runs a package's examples and properties; shows failures shrunk, and what no case reached.",
            "./bpc rules test rules/sample/ev-battery.bpcr",
            "./bpc rules test rules/sample/ev-battery.bpcr --seed 20270218")
        { file, seed, json };
        command.SetAction((parse, ct) =>
        {
            var (terminal, named, asJson) = (Terminal.Of(parse), parse.GetRequiredValue(file), parse.GetValue(json));
            return Task.FromResult(RuleError.Answer(
                terminal, named, asJson, () => Run(terminal, named, parse.GetValue(seed), asJson, ct)));
        });
        return command;
    }

    private static int Run(Terminal terminal, FileInfo file, long seed, bool json, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var rules = RuleFile.Of(file);
        var package = rules.Check();
        var tests = rules.ReadTests(package);
        var report = terminal.While(
            $"Running the tests of {rules.Source.Name}", () => RuleTests.Run(package, tests, seed, ct));
        if (json)
        {
            terminal.WriteJson(report);
        }
        else
        {
            Show(terminal, report, Stopwatch.GetElapsedTime(started));
        }

        return report.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Show(Terminal terminal, RuleTestReport report, TimeSpan took)
    {
        foreach (var failure in report.Failures)
        {
            terminal.Out.MarkupLine($"[red]✗[/] {Markup.Escape(failure.Test)}: {Markup.Escape(failure.Case)}");
            terminal.Line($"    expected {failure.Expected}");
            terminal.Line($"    was      {failure.Actual}");
        }

        Unreached(terminal, "no case gives a value to field", report.UnreachedFields);
        Unreached(terminal, "no case takes the branch at", report.UnreachedBranches);
        if (report.Cases < RuleTests.MinimumCases)
        {
            terminal.Line($"{report.Cases} cases are too few to publish, which needs {RuleTests.MinimumCases}");
        }

        terminal.Line($"seed {report.Seed}, {took.TotalSeconds:0.0} s");
        terminal.Line($"{report.Cases - report.Failed} cases passed, {report.Failed} failed");
    }

    private static void Unreached(Terminal terminal, string what, IReadOnlyList<string> items)
    {
        foreach (var item in items.Take(MostShown))
        {
            terminal.Out.MarkupLine($"[yellow]![/] {what}: {Markup.Escape(item)}");
        }

        if (items.Count > MostShown)
        {
            terminal.Line($"  and {items.Count - MostShown} more (--json lists all)");
        }
    }
}
