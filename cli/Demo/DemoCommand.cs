using System.CommandLine;
using Bpc.Cli.Rules;
using Bpc.Hosting;

namespace Bpc.Cli.Demo;

/// <summary><c>bpc demo</c>: the main job, watched.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var input = new Option<DirectoryInfo>("--input")
        {
            Description = "Your own documents: bom.json, pcf.json, due-diligence.json, items.csv. Needs --rules.",
        }.OfExistingDirectories();
        var rules = new Option<FileInfo>("--rules")
        {
            Description = "Your own rule package NAME.bpcr, its tests in NAME.test.bpcr beside it. Needs --input.",
        }.OfExistingFiles();
        var exit = new Option<bool>("--exit")
        {
            Description = "Leave at the end; otherwise everything stays up until Ctrl-C.",
        };
        var logs = new Option<bool>("--logs")
        {
            Description = "Show the worker's log here too; otherwise it goes to .bpc/logs/demo.log.",
        };
        var json = new Option<bool>("--json")
        {
            Description = "End with one line of JSON on standard output; the narration goes to standard error.",
        };
        var command = new Verb(
            "demo",
            "The main job on a sample battery, from its documents to a signed passport that verifies offline.",
            "./bpc demo",
            "./bpc demo --exit --json | tail -1 | jq -r .bundle",
            "./bpc demo --input my-battery/ --rules my-rules.bpcr")
        { input, rules, exit, logs, json };
        command.Validators.Add(result =>
        {
            if (result.IsGiven(input) != result.IsGiven(rules))
            {
                result.AddError("--input and --rules go together: your documents, and the rules that read them");
            }

            if (result.IsOn(logs) && result.IsOn(json))
            {
                result.AddError("--logs writes to standard output, which --json keeps for its one line");
            }
        });
        command.SetAction((parse, ct) =>
        {
            var home = BpcHome.Find();
            var options = new DemoOptions(
                parse.GetValue(input) ?? new(home.Shipped("samples/ev-battery")),
                new RuleFile(parse.GetValue(rules) ?? new(home.Shipped("rules/sample/ev-battery.bpcr"))),
                parse.GetValue(exit), parse.GetValue(logs), parse.GetValue(json));
            return new DemoRun(home, Terminal.Of(parse), options).RunAsync(ct);
        });
        return command;
    }
}

/// <summary>What the demo was asked for.</summary>
internal sealed record DemoOptions(DirectoryInfo Input, RuleFile Rules, bool Exit, bool Logs, bool Json);
