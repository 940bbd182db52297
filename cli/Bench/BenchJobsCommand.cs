using System.CommandLine;
using Bpc.Cli.Demo;
using Bpc.Hosting;

namespace Bpc.Cli.Bench;

/// <summary><c>bpc bench jobs</c></summary>
internal static class BenchJobsCommand
{
    public static Command Create()
    {
        var jobs = CommonOptions.Whole("--jobs", 20_000, 100, 1_000_000, "Jobs a drain.");
        var rounds = BenchOptions.Rounds();
        var silos = CommonOptions.Whole("--silos", 1, 1, 10, "Silos, all in this process.");
        var only = new Option<string[]>("--only")
        {
            Description = $"These measures: {string.Join(", ", JobsBench.Measures)}.",
            DefaultValueFactory = _ => JobsBench.Usual,
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong([.. JobsBench.Measures]);
        var history = CommonOptions.Whole("--history", 1_000_000, 1_000, 10_000_000, "Rows of history and memory.");
        var json = CommonOptions.Json();
        var command = new Verb(
            "jobs",
            "How many jobs a second the engine drains and takes in, and how soon it starts one.",
            "./bpc bench jobs",
            "./bpc bench jobs --jobs 50000 --rounds 5",
            "./bpc bench jobs --only drain --silos 3",
            "./bpc bench jobs --json | jq -c 'select(.measure == \"drain\")'")
        { jobs, rounds, silos, only, history, json };
        command.SetAction(async (parse, ct) =>
        {
            var terminal = Terminal.Of(parse);
            var (size, count) = (parse.GetValue(jobs), parse.GetValue(silos));
            var report = new BenchReport(terminal, parse.GetValue(json), count);
            var bench = new JobsBench(
                new Narrator(terminal.Error), report, size, parse.GetValue(rounds), count,
                parse.GetValue(history), parse.GetValue(only)!);
            await bench.RunAsync(BpcHome.Find(), ct);
            return ExitCode.Done;
        });
        return command;
    }
}
