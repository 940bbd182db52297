using System.CommandLine;

namespace Bpc.Cli.Rules;

/// <summary><c>bpc rules check</c></summary>
internal static class CheckRulesCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "A rule package, NAME.bpcr; its tests in NAME.test.bpcr are checked too.",
        }
            .AcceptExistingOnly();
        var json = CommonOptions.Json();
        var command = new Verb(
            "check",
            "Parses and type-checks a rule package; shows every error with its line and what would be right.",
            "./bpc rules check rules/sample/ev-battery.bpcr")
        { file, json };
        command.SetAction(parse => Run(Terminal.Of(parse), parse.GetRequiredValue(file), parse.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, FileInfo file, bool json)
    {
        var package = RuleFile.Of(file).Check();
        if (json)
        {
            terminal.WriteJson(new { package.Name, package.Version, package.Fields });
            return ExitCode.Done;
        }

        terminal.Line($"{package.Name} {package.Version}: {package.Fields.Count} fields, no errors");
        return ExitCode.Done;
    }
}
