using System.CommandLine;

namespace Bpc.Cli.Rules;

/// <summary><c>bpc rules check</c></summary>
internal static class CheckRulesCommand
{
    public static Command Create()
    {
        var file = RuleFile.Argument("A rule package, NAME.bpcr; its tests in NAME.test.bpcr are checked too.");
        var json = CommonOptions.Json();
        var command = new Verb(
            "check",
            "Parses and type-checks a rule package; shows the first errors (--json: all), each with its line.",
            "./bpc rules check rules/sample/ev-battery.bpcr",
            "./bpc rules check rules/sample/ev-battery.bpcr --json")
        { file, json };
        command.SetAction(parse =>
        {
            var (terminal, named, asJson) = (Terminal.Of(parse), parse.GetRequiredValue(file), parse.GetValue(json));
            return RuleError.Answer(terminal, named, asJson, () => Run(terminal, named, asJson));
        });
        return command;
    }

    private static int Run(Terminal terminal, FileInfo file, bool json)
    {
        var package = RuleFile.Of(file).Check();
        if (json)
        {
            terminal.WriteJson(new { package.Name, package.Version, package.Fields, package.Warnings });
            return ExitCode.Done;
        }

        foreach (var warning in package.Warnings)
        {
            terminal.Line($"warning: {warning.Where}: {warning.Message}");
        }

        terminal.Line($"{package.Name} {package.Version}: {package.Fields.Count} fields, no errors");
        return ExitCode.Done;
    }
}
