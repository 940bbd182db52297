using System.CommandLine;
using Bpc.Core;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs snooze</c></summary>
internal static class SnoozeJobsCommand
{
    public static Command Create()
    {
        var ids = CommonOptions.Ids("JOB", "Job ids.", ArgumentArity.OneOrMore);
        var wait = Duration.Option("--for", "How long");
        wait.Required = true;
        var command = new Verb(
            "snooze", "Lets queued jobs wait, from now.",
            "./bpc jobs snooze 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10 --for 30m")
        { ids, wait };
        command.SetAction((parse, ct) =>
            RunAsync(Terminal.Of(parse), parse.GetRequiredValue(ids), parse.GetValue(wait), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Guid[] ids, TimeSpan wait, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var jobs = new JobConsole(database.Source);
        foreach (var id in ids)
        {
            if (await jobs.SnoozeAsync(id, wait, ct) == 0)
            {
                throw new BpcException(BpcError.InvalidState, $"{id} is not there or does not wait in the queue");
            }

            terminal.Line($"{id} waits for {wait}");
        }

        return ExitCode.Done;
    }
}
