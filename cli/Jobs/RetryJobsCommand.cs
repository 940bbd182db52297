using System.CommandLine;
using Bpc.Core;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs retry</c></summary>
internal static class RetryJobsCommand
{
    public static Command Create()
    {
        var ids = CommonOptions.Ids("JOB", "Job ids; or use the filters.", ArgumentArity.ZeroOrMore);
        var filter = new JobOptions();
        var command = new Verb(
            "retry",
            "Queues jobs again with a fresh budget: some by id, or all of a filter; DEAD_LETTER where no --status is.",
            "./bpc jobs retry 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10",
            "./bpc jobs retry --tenant acme --type DELIVER_WEBHOOK --error-code WEBHOOK_FAILED",
            "./bpc jobs retry --type EXPORT_PASSPORT --status SUCCEEDED")
        { ids };
        foreach (var option in filter.All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(ids) is { Tokens.Count: > 0 } == filter.AnyGiven(result))
            {
                result.AddError("jobs retry wants job ids or a filter (--status, --type, --tenant, --error-code)");
            }
        });
        command.SetAction((parse, ct) =>
            RunAsync(Terminal.Of(parse), parse.GetValue(ids) ?? [], filter.Read(parse), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Guid[] ids, JobQuery query, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var jobs = new JobConsole(database.Source);
        if (ids.Length == 0)
        {
            // What needs somebody, as the API has it: nobody means the jobs that are done or were called off.
            var ended = query with { Status = query.Status ?? "DEAD_LETTER" };
            terminal.Line($"{await jobs.RetryManyAsync(ended, ct)} jobs queued again");
            return ExitCode.Done;
        }

        foreach (var id in ids)
        {
            if (await jobs.RetryAsync(id, ct) == 0)
            {
                throw new BpcException(BpcError.NotFound, $"there is no job {id}");
            }

            terminal.Line($"{id} QUEUED");
        }

        return ExitCode.Done;
    }
}
