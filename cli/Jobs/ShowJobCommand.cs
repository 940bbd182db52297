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
            "show", "Shows one job with its payload, result and last error.",
            "./bpc jobs show 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10")
        { id, json };
        command.SetAction((parse, ct) => RunAsync(Terminal.Of(parse), parse.GetValue(id), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Guid id, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var row = await new JobConsole(database.Source).ShowAsync(id, ct)
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

        return ExitCode.Done;
    }
}
