using System.CommandLine;
using Bpc.Cli.Demo;
using Bpc.Hosting;

namespace Bpc.Cli.Bench;

/// <summary><c>bpc bench api</c></summary>
internal static class BenchApiCommand
{
    public static Command Create()
    {
        var requests = CommonOptions.Whole("--requests", 2_000, 100, 100_000, "Requests a round and measure.");
        var rounds = BenchOptions.Rounds();
        var json = CommonOptions.Json();
        var command = new Verb(
            "api",
            $"Requests a second of the gateway with {HttpLoad.Callers} callers, beside a bare server with one query.",
            "./bpc bench api",
            "./bpc bench api --requests 10000 --json")
        { requests, rounds, json };
        command.SetAction(async (parse, ct) =>
        {
            var terminal = Terminal.Of(parse);
            var report = new BenchReport(terminal, parse.GetValue(json), silos: 1);
            var bench = new ApiBench(
                new Narrator(terminal.Error), report, parse.GetValue(requests), parse.GetValue(rounds));
            await bench.RunAsync(BpcHome.Find(), ct);
            return ExitCode.Done;
        });
        return command;
    }
}
