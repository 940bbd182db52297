using System.CommandLine;
using System.Text.Json;
using Bpc.Core;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs show</c></summary>
internal static class ShowJobCommand
{
    public static Command Create()
    {
        var id = new Argument<Guid>("JOB") { Description = "The job's id." };
        var json = CommonOptions.Json();
        var command = new Verb(
            "show", "Shows one job with its payload, progress, result and last error, and the chain it belongs to.",
            "./bpc jobs show 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10")
        { id, json };
        command.SetAction((parse, ct) => RunAsync(Terminal.Of(parse), parse.GetValue(id), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Guid id, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var jobs = new JobConsole(database.Source);
        var row = await jobs.ShowAsync(id, ct)
            ?? throw new BpcException(BpcError.NotFound, $"there is no job {id}");
        if (json)
        {
            terminal.Line(row);
            return ExitCode.Done;
        }

        using var document = JsonDocument.Parse(row);
        foreach (var member in document.RootElement.EnumerateObject()
            .Where(m => m.Value.ValueKind != JsonValueKind.Null))
        {
            terminal.Line($"{member.Name,-17} {member.Value}");
        }

        await ShowChainAsync(terminal, jobs, id, ct);
        return ExitCode.Done;
    }

    private static async Task ShowChainAsync(Terminal terminal, JobConsole jobs, Guid id, CancellationToken ct)
    {
        var chain = await jobs.ChainAsync(id, ct);
        if (chain.Count < 2)
        {
            return;
        }

        terminal.Line("");
        terminal.Line("All jobs of the call that led to it:");
        foreach (var job in chain)
        {
            var mark = job.JobId == id ? ">" : " ";
            var took = (job.CompletedAt - job.CreatedAt)?.TotalMilliseconds is { } ms ? $"{ms,8:0} ms" : "";
            terminal.Line($"{mark} {job.JobId} {job.Type,-17} {job.Status,-11} {took} {job.ErrorCode}".TrimEnd());
        }
    }
}
