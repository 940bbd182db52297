using System.CommandLine;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs cancel</c></summary>
internal static class CancelJobsCommand
{
    private static readonly string[] s_ended = ["SUCCEEDED", "FAILED", "DEAD_LETTER", "CANCELLED"];

    public static Command Create()
    {
        var ids = CommonOptions.Ids("JOB", "Job ids; or use the filters.", ArgumentArity.ZeroOrMore);
        var filter = new JobOptions();
        var json = CommonOptions.Json();
        var command = new Verb(
            "cancel",
            "Cancels jobs, some by id or all of a filter: a queued one never runs, a running one is told to stop and "
            + "commits nothing.",
            "./bpc jobs cancel 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10",
            "./bpc jobs cancel --tenant acme --type DELIVER_WEBHOOK --status QUEUED")
        { ids, json };
        filter.AddBeside(ids, command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(filter.Status) is { Tokens: [{ Value: var status }] }
                && s_ended.Contains(status, StringComparer.OrdinalIgnoreCase))
            {
                result.AddError($"--status {status}: these jobs have ended; QUEUED or RUNNING ones can be cancelled");
            }
        });
        command.SetAction((parse, ct) => parse.GetValue(ids) is { Length: > 0 } some
            ? EachJob.RunAsync(
                Terminal.Of(parse), some, parse.GetValue(json), (jobs, id) => jobs.CancelAsync(id, ct),
                ("CANCELLED", "CANCELLED"), "has already ended", ct)
            : RunFilterAsync(Terminal.Of(parse), filter.Read(parse), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunFilterAsync(Terminal terminal, JobQuery query, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var cancelled = await new JobConsole(database.Source).CancelManyAsync(query, ct);
        if (json)
        {
            terminal.WriteJson(new { Cancelled = cancelled });
        }
        else
        {
            terminal.Line($"{cancelled} jobs cancelled");
        }

        return ExitCode.Done;
    }
}
