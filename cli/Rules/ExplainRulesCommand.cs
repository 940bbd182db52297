using System.CommandLine;
using System.Text;
using Bpc.Core.Passports.Explain;

namespace Bpc.Cli.Rules;

/// <summary><c>bpc rules explain</c>: one value, and everything behind it.</summary>
internal static class ExplainRulesCommand
{
    private static readonly Argument<FileInfo> s_file = new Argument<FileInfo>("FILE")
    {
        Description = "A rule package, NAME.bpcr, run on --documents; or the bundle of a passport version.",
    }.OfExistingFiles();

    private static readonly Option<string?> s_field = new("--field")
    {
        Description = "The path of a field, or the name of a check. Without it: all names with their values.",
    };

    private static readonly Option<DirectoryInfo> s_documents = new Option<DirectoryInfo>("--documents")
    {
        Description = "The documents of a battery, a directory as demo takes it.",
    }.OfExistingDirectories();

    private static readonly Option<string?> s_serial = new("--serial")
    {
        Description = "Which battery of ITEMS; the first where absent.",
    };

    private static readonly Option<DateOnly?> s_issued = new("--issued")
    {
        Description = "The day of issue, which dated rules look at: 2027-02-18. Today where absent.",
    };

    private static readonly Option<FileInfo> s_rules = new Option<FileInfo>("--rules")
    {
        Description = "With a bundle: the package it was made under, for units, citations and dates.",
    }.OfExistingFiles();

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Verb(
            "explain",
            "Shows why a passport's value is what it is, or why it is missing: every step down to facts and documents.",
            "./bpc rules explain rules/sample/ev-battery.bpcr --documents samples/ev-battery "
                + "--field circularity.components_mass",
            "./bpc rules explain passport.json --field carbon_footprint.carbon_footprint_label --json")
        { s_file, s_field, s_documents, s_serial, s_issued, s_rules, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(s_file) is { Tokens: [{ Value: var file }] } && RuleFile.IsRules(new(file))
                && !result.IsGiven(s_documents))
            {
                result.AddError("a rule package is explained on documents: add --documents DIR");
            }
        });
        command.SetAction(parse =>
            Run(Terminal.Of(parse), Subject(parse), parse.GetValue(s_field), parse.GetValue(json)));
        return command;
    }

    private static ExplainedSubject Subject(ParseResult parse)
    {
        var file = parse.GetRequiredValue(s_file);
        return RuleFile.IsRules(file)
            ? ExplainedSubject.Compiled(
                file, parse.GetRequiredValue(s_documents)!, parse.GetValue(s_serial), parse.GetValue(s_issued))
            : ExplainedSubject.Bundled(file, parse.GetValue(s_rules));
    }

    private static int Run(Terminal terminal, ExplainedSubject subject, string? name, bool json)
    {
        if (name is null)
        {
            Show(terminal, subject.Proof.Names(), json);
            return ExitCode.Done;
        }

        var explanation = subject.Proof.Explain(name, subject.Rules?.About(name)).From(subject.Sources);
        terminal.Line(json
            ? Encoding.UTF8.GetString(ExplanationJson.Write(explanation))
            : ExplanationText.Write(explanation).TrimEnd());
        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, IReadOnlyList<Explainable> names, bool json)
    {
        if (json)
        {
            terminal.Line(Encoding.UTF8.GetString(ExplanationJson.Write(names)));
            return;
        }

        foreach (var name in names)
        {
            terminal.Line(ExplanationText.Line(name));
        }
    }
}
