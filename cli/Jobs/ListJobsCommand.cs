using System.CommandLine;
using System.Globalization;

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

        command.SetAction(async (parse, ct) =>
        {
            var terminal = Terminal.Of(parse);
            await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
            var jobs = await new JobConsole(database.Source).ListAsync(filter.Read(parse), parse.GetValue(limit), ct);
            Write(terminal, parse.GetValue(json), jobs, DateTime.UtcNow);
            return ExitCode.Done;
        });
        return command;
    }

    internal static void Write(Terminal terminal, bool json, IReadOnlyList<JobRow> jobs, DateTime now) =>
        terminal.WriteList(
            json, "no jobs", jobs,
            new("job_id", j => $"{j.JobId}"), new("tenant", j => j.Tenant, Rank: 4), new("type", j => j.Type),
            new("status", j => Status(j, now)), new("attempts", j => $"{j.Attempts}/{j.MaxAttempts}", Rank: 3),
            new("lease_owner", j => j.LeaseOwner, Rank: 5),
            new("created_at", j => $"{j.CreatedAt:u}", Rank: 2),
            new("error", j => j.ErrorCode, Rank: 1));

    // Short enough for 80 columns: a time within a day, a day within a year, or else a year. "jobs show" has it all.
    private static string Status(JobRow job, DateTime now)
    {
        if (job.Status != "QUEUED" || job.ScheduledAt <= now)
        {
            return job.Status;
        }

        var wait = job.ScheduledAt - now;
        var form = wait < TimeSpan.FromDays(1) ? "HH:mm'Z'" : wait < TimeSpan.FromDays(365) ? "d MMM" : "yyyy";
        return $"{job.Status} until {job.ScheduledAt.ToString(form, CultureInfo.InvariantCulture)}";
    }
}
