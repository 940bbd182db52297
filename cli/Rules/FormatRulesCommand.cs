using System.CommandLine;
using Bpc.Core.Rules;

namespace Bpc.Cli.Rules;

/// <summary><c>bpc rules fmt</c></summary>
internal static class FormatRulesCommand
{
    public static Command Create()
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "Rule packages or their tests, .bpcr.",
            Arity = ArgumentArity.OneOrMore,
        }.OfExistingFiles();
        var check = new Option<bool>("--check")
        {
            Description = "Change nothing; exit 1 where a file is not in the one layout.",
        };
        var command = new Verb(
            "fmt",
            "Puts rule files into the one layout, in place. What they mean does not change.",
            "./bpc rules fmt rules/sample/ev-battery.bpcr rules/sample/ev-battery.test.bpcr",
            "./bpc rules fmt --check rules/sample/ev-battery.bpcr")
        { files, check };
        command.SetAction(parse => Run(Terminal.Of(parse), parse.GetRequiredValue(files), parse.GetValue(check)));
        return command;
    }

    private static int Run(Terminal terminal, FileInfo[] files, bool check)
    {
        var changed = 0;
        foreach (var file in files)
        {
            var source = File.ReadAllText(file.FullName);
            var formatted = source;
            RuleFile.Locate(file, () => formatted = RuleFormatter.Format(source));
            if (formatted == source)
            {
                continue;
            }

            changed++;
            terminal.Line(check ? $"{file} is not formatted" : $"{file} formatted");
            if (!check)
            {
                File.WriteAllText(file.FullName, formatted);
            }
        }

        return check && changed > 0 ? ExitCode.Failed : ExitCode.Done;
    }
}
