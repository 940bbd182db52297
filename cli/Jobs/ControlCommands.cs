using System.CommandLine;
using Bpc.Core;

namespace Bpc.Cli.Jobs;

/// <summary>
/// <c>bpc jobs pause</c>, <c>resume</c>, <c>limit</c>, <c>weight</c> and <c>controls</c>: what holds jobs back or
/// prefers them.
/// </summary>
internal static class ControlCommands
{
    private const int MaxReason = 500; // as sql/030_job_control.sql has it

    public static Command Pause()
    {
        var (tenant, type, json) = Scope();
        var reason = new Option<string?>("--reason")
        {
            Description = $"Why, for whoever asks later; {MaxReason} characters at most.",
        };
        reason.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: > MaxReason } text }])
            {
                result.AddError($"--reason has {text.Length} characters; {MaxReason} are allowed");
            }
        });
        var command = new Verb(
            "pause", "Starts no more jobs of a tenant, of a type, of both, or at all; what runs goes on.",
            "./bpc jobs pause --type DELIVER_WEBHOOK --reason 'the receiver moves'",
            "./bpc jobs pause --tenant acme")
        { tenant, type, reason, json };
        command.SetAction((parse, ct) =>
        {
            KnownTypes.Warn(Terminal.Of(parse), parse.GetValue(type));
            var done = new Done("paused", Of(parse.GetValue(tenant), parse.GetValue(type)));
            return RunAsync(parse, json, done, jobs => jobs.PauseAsync(
                parse.GetValue(tenant), parse.GetValue(type), parse.GetValue(reason), ct), ct);
        });
        return command;
    }

    public static Command Resume()
    {
        var (tenant, type, json) = Scope();
        var command = new Verb(
            "resume", "Takes back exactly such a pause.", "./bpc jobs resume --type DELIVER_WEBHOOK")
        { tenant, type, json };
        command.SetAction((parse, ct) =>
        {
            var of = Of(parse.GetValue(tenant), parse.GetValue(type));
            var done = new Done("resumed", of, $"there is no pause of {of}; 'jobs controls' lists those there are");
            return RunAsync(parse, json, done, jobs => jobs.ResumeAsync(
                parse.GetValue(tenant), parse.GetValue(type), ct), ct);
        });
        return command;
    }

    public static Command Limit()
    {
        var (tenant, type, json) = Scope();
        var running = CommonOptions.WholeOrNone("--running", 0, 1_000_000, "At most so many at once.");
        var minute = CommonOptions.WholeOrNone("--per-minute", 1, 1_000_000, "At most so many started a minute.");
        var command = new Verb(
            "limit", "Limits jobs of a tenant, of a type or of both in the whole cluster; without a number, no longer.",
            "./bpc jobs limit --type COMPILE_PASSPORT --running 8",
            "./bpc jobs limit --tenant acme --type DELIVER_WEBHOOK --per-minute 600",
            "./bpc jobs limit --type COMPILE_PASSPORT")
        { tenant, type, running, minute, json };
        command.SetAction((parse, ct) =>
        {
            KnownTypes.Warn(Terminal.Of(parse), parse.GetValue(type));
            var (atOnce, started) = (parse.GetValue(running), parse.GetValue(minute));
            var of = Of(parse.GetValue(tenant), parse.GetValue(type));
            return RunAsync(
                parse, json, new(atOnce is null && started is null ? "limits taken back" : "limits set", of),
                jobs => jobs.LimitAsync(parse.GetValue(tenant), parse.GetValue(type), atOnce, started, ct), ct);
        });
        return command;
    }

    public static Command Weight()
    {
        var tenant = new Argument<string>("TENANT") { Description = "A tenant's slug or id." };
        var weight = CommonOptions.WholeArgument("WEIGHT", 1, 1000, "1 is what everybody has.");
        var json = CommonOptions.Json();
        var command = new Verb(
            "weight", "Gives a tenant so many parts of the cluster while others wait too.", "./bpc jobs weight acme 3")
        { tenant, weight, json };
        command.SetAction((parse, ct) => RunAsync(
            parse, json, new("weight set", $"{parse.GetRequiredValue(tenant)} has {parse.GetValue(weight)}"),
            jobs => jobs.WeighAsync(parse.GetRequiredValue(tenant), parse.GetValue(weight), ct), ct));
        return command;
    }

    public static Command List()
    {
        var json = CommonOptions.Json();
        var command = new Verb("controls", "Lists pauses, limits, weights and schedules.", "./bpc jobs controls")
        { json };
        command.SetAction((parse, ct) => ListAsync(Terminal.Of(parse), parse.GetValue(json), ct));
        return command;
    }

    private static (Option<string?> Tenant, Option<string?> Type, Option<bool> Json) Scope() => (
        new("--tenant") { Description = "A tenant's slug or id; all where absent." },
        new("--type") { Description = "A job type, such as PARSE_FACTS; all where absent." },
        CommonOptions.Json());

    private static string Of(string? tenant, string? type) =>
        $"{type ?? "every type"} of {(tenant is null ? "every tenant" : $"tenant {tenant}")}";

    public static async Task<int> RunAsync(
        ParseResult parse, Option<bool> json, Done done, Func<JobConsole, Task<int>> act, CancellationToken ct)
    {
        var terminal = Terminal.Of(parse);
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var changed = await act(new JobConsole(database.Source));
        if (changed == 0 && done.Missing is { } missing)
        {
            throw new BpcException(BpcError.NotFound, missing);
        }

        if (parse.GetValue(json))
        {
            terminal.WriteJson(new { done.Verb, done.Of, Changed = changed });
        }
        else
        {
            terminal.Line(changed > 0 ? $"{done.Verb}: {done.Of}" : "nothing to change");
        }

        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        terminal.WriteList(
            json, "no controls", await new JobConsole(database.Source).ControlsAsync(ct),
            new("control", c => c.Name is { } name ? $"{c.Control} {name}" : c.Control),
            new("tenant", c => c.Tenant ?? "all"), new("type", c => c.Type ?? "all"), new("value", Value));
        return ExitCode.Done;
    }

    private static string Value(JobControl control) => control.Control switch
    {
        "pause" => control.Reason ?? "",
        "limit" => string.Join(", ", new[]
        {
            control.MaxRunning is { } running ? $"{running} at once" : null,
            control.MaxPerMinute is { } minute ? $"{minute} a minute" : null,
        }.OfType<string>()),
        "weight" => $"{control.Weight}",
        _ => string.Join(' ', new[]
        {
            control.Cron, control.TimeZone, control.Enabled == false ? "(off)" : null, control.LastError,
        }.OfType<string>()),
    };
}

/// <summary>What a command did, of which jobs; and what to say where nothing was there to do it to.</summary>
internal sealed record Done(string Verb, string Of, string? Missing = null);
