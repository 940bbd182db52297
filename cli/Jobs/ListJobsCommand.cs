using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs list</c></summary>
internal static class ListJobsCommand
{
    public static Command Create()
    {
        var filter = new JobOptions();
        var limit = CommonOptions.Whole("--limit", 20, 1, 100_000, "How many, newest first.");
        var json = CommonOptions.Json();
        var command = new Verb(
            "list", "Lists jobs, newest first.",
            "./bpc jobs list",
            "./bpc jobs list --tenant acme --status DEAD_LETTER",
            "./bpc jobs list --type SIGN_PASSPORT --json | jq -r .job_id")
        { limit, json };
        foreach (var option in filter.All)
        {
            command.Add(option);
        }

        command.SetAction((parse, ct) =>
            RunAsync(Terminal.Of(parse), filter.Read(parse), parse.GetValue(limit), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, JobQuery query, int limit, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var jobs = await new JobConsole(database.Source).ListAsync(query, limit, ct);
        if (json)
        {
            foreach (var job in jobs)
            {
                terminal.WriteJson(job);
            }

            return ExitCode.Done;
        }

        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("job_id", "tenant", "type", "status", "attempts", "lease_owner", "created_at", "error");
        foreach (var job in jobs)
        {
            table.AddRow(
                new Text($"{job.JobId}"), new Text(job.Tenant), new Text(job.Type), new Text(job.Status),
                new Text($"{job.Attempts}/{job.MaxAttempts}"), new Text(job.LeaseOwner ?? ""),
                new Text(job.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                new Text(job.ErrorCode ?? ""));
        }

        terminal.Out.Write(table);
        return ExitCode.Done;
    }
}
