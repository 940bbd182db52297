using System.CommandLine;
using Bpc.Core;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs cancel</c></summary>
internal static class CancelJobsCommand
{
    public static Command Create()
    {
        var ids = CommonOptions.Ids("JOB", "Job ids.", ArgumentArity.OneOrMore);
        var command = new Verb(
            "cancel",
            "Cancels jobs: a queued one never runs, a running one is told to stop and commits nothing.",
            "./bpc jobs cancel 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10")
        { ids };
        command.SetAction((parse, ct) => RunAsync(Terminal.Of(parse), parse.GetRequiredValue(ids), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Guid[] ids, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var jobs = new JobConsole(database.Source);
        foreach (var id in ids)
        {
            if (await jobs.CancelAsync(id, ct) == 0)
            {
                throw new BpcException(BpcError.InvalidState, $"{id} is not there or has already ended");
            }

            terminal.Line($"{id} CANCELLED");
        }

        return ExitCode.Done;
    }
}
