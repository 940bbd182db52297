using System.CommandLine;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs cancel</c></summary>
internal static class CancelJobsCommand
{
    public static Command Create()
    {
        var ids = CommonOptions.Ids("JOB", "Job ids.", ArgumentArity.OneOrMore);
        var json = CommonOptions.Json();
        var command = new Verb(
            "cancel",
            "Cancels jobs: a queued one never runs, a running one is told to stop and commits nothing.",
            "./bpc jobs cancel 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10")
        { ids, json };
        command.SetAction((parse, ct) => EachJob.RunAsync(
            Terminal.Of(parse), parse.GetRequiredValue(ids), parse.GetValue(json),
            (jobs, id) => jobs.CancelAsync(id, ct),
            ("CANCELLED", "CANCELLED"), "has already ended", ct));
        return command;
    }
}
