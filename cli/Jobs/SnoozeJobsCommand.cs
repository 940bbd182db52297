using System.CommandLine;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs snooze</c></summary>
internal static class SnoozeJobsCommand
{
    public static Command Create()
    {
        var ids = CommonOptions.Ids("JOB", "Job ids.", ArgumentArity.OneOrMore);
        var wait = Duration.Option("--for", "How long");
        wait.Required = true;
        var json = CommonOptions.Json();
        var command = new Verb(
            "snooze", "Lets queued jobs wait, from now.",
            "./bpc jobs snooze 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10 --for 30m")
        { ids, wait, json };
        command.SetAction((parse, ct) => EachJob.RunAsync(
            Terminal.Of(parse), parse.GetRequiredValue(ids), parse.GetValue(json),
            (jobs, id) => jobs.SnoozeAsync(id, parse.GetValue(wait), ct),
            ("QUEUED", $"waits for {parse.GetValue(wait)}"), "does not wait in the queue", ct));
        return command;
    }
}
