using System.CommandLine;
using Bpc.Core;

namespace Bpc.Cli.Jobs;

/// <summary>What was asked for each of several jobs: one that cannot be done leaves the others' turn to come.</summary>
internal static class EachJob
{
    /// <param name="act">How many jobs it changed: one, or none.</param>
    /// <param name="done">The status an id has now, and what to tell a person of it.</param>
    /// <param name="why">Why nothing changed where the job is there.</param>
    public static async Task<int> RunAsync(
        Terminal terminal, Guid[] ids, bool json, Func<JobConsole, Guid, Task<int>> act,
        (string Status, string Line) done, string why, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var jobs = new JobConsole(database.Source);
        var exit = ExitCode.Done;
        foreach (var id in ids)
        {
            if (await act(jobs, id) == 0)
            {
                exit = Problems.Show(terminal, await jobs.StatusAsync(id, ct) is { } status
                    ? new BpcException(BpcError.InvalidState, $"{id} {why}: it is {status}")
                    : new BpcException(BpcError.NotFound, $"there is no job {id}"));
            }
            else if (json)
            {
                terminal.WriteJson(new { JobId = id, done.Status });
            }
            else
            {
                terminal.Line($"{id} {done.Line}");
            }
        }

        return exit;
    }
}
