using System.CommandLine;
using Bpc.Cli.Demo;
using Bpc.Hosting;

namespace Bpc.Cli.Bench;

/// <summary><c>bpc bench pipeline</c></summary>
internal static class BenchPipelineCommand
{
    public static Command Create()
    {
        var passports = CommonOptions.Whole("--passports", 200, 1, 5_000, "Passports a round.");
        var rounds = BenchOptions.Rounds();
        var json = CommonOptions.Json();
        var command = new Verb(
            "pipeline",
            "How many passports of the sample battery a second one silo compiles, signs and gives a QR code.",
            "./bpc bench pipeline",
            "./bpc bench pipeline --passports 1000 --json")
        { passports, rounds, json };
        command.SetAction(async (parse, ct) =>
        {
            var terminal = Terminal.Of(parse);
            var report = new BenchReport(terminal, parse.GetValue(json), silos: 1);
            var bench = new PipelineBench(
                new Narrator(terminal.Error), report, parse.GetValue(passports), parse.GetValue(rounds));
            await bench.RunAsync(BpcHome.Find(), ct);
            return ExitCode.Done;
        });
        return command;
    }
}
