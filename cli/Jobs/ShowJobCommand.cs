using System.CommandLine;
using System.Text.Json;
using Bpc.Core;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs show</c></summary>
internal static class ShowJobCommand
{
    // What a person asks first stands first; members that are not here come after these.
    private static readonly string[] s_order =
    [
        "job_id", "type", "status", "tenant_id", "priority", "attempts", "max_attempts", "rescues", "created_at",
        "scheduled_at", "started_at", "completed_at", "lease_owner", "lease_expires_at", "correlation_id",
        "traceparent", "idempotency_key", "payload", "progress", "result", "last_error",
    ];

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
        ShowMembers(terminal, document.RootElement);
        if (await jobs.WaitsForAsync(id, ct) is { } what)
        {
            Line(terminal, "waits_for", what);
        }

        await ShowChainAsync(terminal, jobs, id, ct);
        return ExitCode.Done;
    }

    private static void ShowMembers(Terminal terminal, JsonElement job)
    {
        foreach (var member in job.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null)
            .OrderBy(m => Array.IndexOf(s_order, m.Name) is >= 0 and var place ? place : int.MaxValue))
        {
            if (member is { Name: "last_error", Value.ValueKind: JsonValueKind.Object })
            {
                foreach (var part in member.Value.EnumerateObject())
                {
                    Line(terminal, part.Name == "error_code" ? part.Name : $"error_{part.Name}", $"{part.Value}");
                }

                continue;
            }

            Line(terminal, member.Name, $"{member.Value}");
            if (member.Name == "completed_at" && job.TryGetProperty("started_at", out var started)
                && started.ValueKind == JsonValueKind.String)
            {
                Line(terminal, "duration", Took(started.GetDateTime(), member.Value.GetDateTime()));
            }
        }
    }

    private static void Line(Terminal terminal, string name, string value) => terminal.Line($"{name,-17} {value}");

    private static string Took(DateTime? started, DateTime? completed) =>
        (completed - started)?.TotalMilliseconds is { } ms ? $"{ms:0} ms" : "";

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
            var took = $"{Took(job.StartedAt, job.CompletedAt),11}";
            terminal.Line($"{mark} {job.JobId} {job.Type,-17} {job.Status,-11} {took} {job.ErrorCode}".TrimEnd());
        }
    }
}
