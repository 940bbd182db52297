using System.CommandLine;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs retry</c></summary>
internal static class RetryJobsCommand
{
    public static Command Create()
    {
        var ids = CommonOptions.Ids("JOB", "Job ids; or use the filters.", ArgumentArity.ZeroOrMore);
        var filter = new JobOptions();
        var json = CommonOptions.Json();
        var command = new Verb(
            "retry",
            "Queues jobs again with a fresh budget: some by id, or all of a filter; DEAD_LETTER where no --status is.",
            "./bpc jobs retry 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10",
            "./bpc jobs retry --tenant acme --type DELIVER_WEBHOOK --error-code WEBHOOK_FAILED",
            "./bpc jobs retry --type EXPORT_PASSPORT --status SUCCEEDED")
        { ids, json };
        filter.AddBeside(ids, command);
        command.SetAction((parse, ct) => parse.GetValue(ids) is { Length: > 0 } some
            ? EachJob.RunAsync(
                Terminal.Of(parse), some, parse.GetValue(json), (jobs, id) => jobs.RetryAsync(id, ct),
                ("QUEUED", "QUEUED"), "was not queued again", ct)
            : RunFilterAsync(Terminal.Of(parse), filter.Read(parse), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunFilterAsync(Terminal terminal, JobQuery query, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);

        // What needs somebody, as the API has it: nobody means the jobs that are done or were called off.
        var ended = query with { Status = query.Status ?? "DEAD_LETTER" };
        var retried = await new JobConsole(database.Source).RetryManyAsync(ended, ct);
        if (json)
        {
            terminal.WriteJson(new { Retried = retried });
        }
        else
        {
            terminal.Line($"{retried} jobs queued again");
        }

        return ExitCode.Done;
    }
}
