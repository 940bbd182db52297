using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs enqueue</c></summary>
internal static class EnqueueJobCommand
{
    public static Command Create()
    {
        var type = new Argument<string>("TYPE") { Description = "A job type, such as EXPORT_PASSPORT." };
        var tenant = new Option<string>("--tenant") { Description = "A tenant's slug or id.", Required = true };
        var payload = new Option<string>("--payload")
        {
            Description = "A JSON object, the job's input.",
            DefaultValueFactory = _ => "{}",
        };
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "It starts no earlier, such as 2027-02-18T00:00:00Z; at once where absent.",
            CustomParser = Time,
        };
        var priority = CommonOptions.Whole("--priority", 2, 0, 3, "Lower runs first.");
        var key = new Option<string?>("--key")
        {
            Description = "An idempotency key: a second job of the tenant and type with it is the first one.",
        };
        var json = CommonOptions.Json();
        var command = new Verb(
            "enqueue", "Queues a job; a silo notices it at once.",
            "./bpc jobs enqueue SWEEP_JOBS --tenant acme",
            "./bpc jobs enqueue SWEEP_JOBS --tenant acme --at 2027-02-18T03:00:00+01:00 --priority 3 --key sweep-2027")
        { type, tenant, payload, at, priority, key, json };
        command.SetAction((parse, ct) => RunAsync(
            Terminal.Of(parse), parse.GetRequiredValue(tenant),
            new(
                parse.GetRequiredValue(type), parse.GetRequiredValue(payload), parse.GetValue(priority),
                parse.GetValue(at)?.UtcDateTime),
            parse.GetValue(key), parse.GetValue(json), ct));
        return command;
    }

    // UTC where no offset is given: the same command means the same on every machine.
    private static DateTimeOffset? Time(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        result.AddError($"--at is '{text}'; a time such as 2027-02-18T00:00:00Z is wanted");
        return null;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string tenant, JobRequest job, string? key, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        KnownTypes.Warn(terminal, job.Type);
        var queued = await new JobConsole(database.Source).EnqueueAsync(tenant, job, key, ct);
        if (json)
        {
            terminal.WriteJson(new { queued.JobId, queued.Status });
        }
        else
        {
            terminal.Line($"{queued.JobId} {queued.Status}");
        }

        if (!queued.IsNew)
        {
            terminal.Say($"There was a {job.Type} job with the key {key} already: this is it.");
        }

        return ExitCode.Done;
    }
}
