using System.CommandLine;
using Spectre.Console;

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
        var (tenant, type) = Scope();
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
        { tenant, type, reason };
        command.SetAction((parse, ct) => RunAsync(parse, "paused", jobs => jobs.PauseAsync(
            parse.GetValue(tenant), parse.GetValue(type), parse.GetValue(reason), ct), ct));
        return command;
    }

    public static Command Resume()
    {
        var (tenant, type) = Scope();
        var command = new Verb(
            "resume", "Takes back exactly such a pause.", "./bpc jobs resume --type DELIVER_WEBHOOK")
        { tenant, type };
        command.SetAction((parse, ct) => RunAsync(parse, "resumed", jobs => jobs.ResumeAsync(
            parse.GetValue(tenant), parse.GetValue(type), ct), ct));
        return command;
    }

    public static Command Limit()
    {
        var (tenant, type) = Scope();
        var running = CommonOptions.WholeOrNone("--running", 0, 1_000_000, "At most so many at once.");
        var minute = CommonOptions.WholeOrNone("--per-minute", 1, 1_000_000, "At most so many started a minute.");
        var command = new Verb(
            "limit", "Limits jobs of a tenant, of a type or of both in the whole cluster; without a number, no longer.",
            "./bpc jobs limit --type COMPILE_PASSPORT --running 8",
            "./bpc jobs limit --tenant acme --type DELIVER_WEBHOOK --per-minute 600",
            "./bpc jobs limit --type COMPILE_PASSPORT")
        { tenant, type, running, minute };
        command.SetAction((parse, ct) =>
        {
            var (atOnce, started) = (parse.GetValue(running), parse.GetValue(minute));
            return RunAsync(
                parse, atOnce is null && started is null ? "limits taken back" : "limits set",
                jobs => jobs.LimitAsync(parse.GetValue(tenant), parse.GetValue(type), atOnce, started, ct), ct);
        });
        return command;
    }

    public static Command Weight()
    {
        var tenant = new Argument<string>("TENANT") { Description = "A tenant's slug or id." };
        var weight = CommonOptions.WholeArgument("WEIGHT", 1, 1000, "1 is what everybody has.");
        var command = new Verb(
            "weight", "Gives a tenant so many parts of the cluster while others wait too.", "./bpc jobs weight acme 3")
        { tenant, weight };
        command.SetAction((parse, ct) => RunAsync(parse, "weight set", jobs => jobs.WeighAsync(
            parse.GetRequiredValue(tenant), parse.GetValue(weight), ct), ct));
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

    private static (Option<string?> Tenant, Option<string?> Type) Scope() => (
        new("--tenant") { Description = "A tenant's slug or id; all where absent." },
        new("--type") { Description = "A job type, such as PARSE_FACTS; all where absent." });

    public static async Task<int> RunAsync(
        ParseResult parse, string done, Func<JobConsole, Task<int>> act, CancellationToken ct)
    {
        var terminal = Terminal.Of(parse);
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var changed = await act(new JobConsole(database.Source));
        terminal.Line(changed > 0 ? done : "nothing to change");
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var controls = await new JobConsole(database.Source).ControlsAsync(ct);
        if (json)
        {
            foreach (var control in controls)
            {
                terminal.WriteJson(control);
            }

            return ExitCode.Done;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("control", "tenant", "type", "value");
        foreach (var control in controls)
        {
            table.AddRow(
                new Text(control.Control), new Text(control.Tenant ?? "all"), new Text(control.Type ?? "all"),
                new Text(control.Value));
        }

        terminal.Out.Write(table);
        return ExitCode.Done;
    }
}
