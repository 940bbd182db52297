using System.CommandLine;

namespace Bpc.Cli.Jobs;

/// <summary><c>bpc jobs schedule</c> and <c>unschedule</c>: jobs by the clock.</summary>
internal static class ScheduleCommands
{
    public static Command Schedule()
    {
        var name = Name();
        var type = new Option<string>("--type")
        {
            Description = "A job type, such as RUN_RULE_TESTS.",
            Required = true,
        };
        var cron = new Option<string>("--cron")
        {
            Description = "Minute, hour, day, month, weekday; or with seconds before them.",
            Required = true,
        };
        var zone = new Option<string>("--time-zone")
        {
            Description = "Whose clock, such as Europe/Vienna.",
            DefaultValueFactory = _ => "UTC",
        };
        var tenant = Tenant("a job for each tenant");
        var payload = new Option<string>("--payload")
        {
            Description = "A JSON object, the job's input.",
            DefaultValueFactory = _ => "{}",
        };
        var priority = CommonOptions.Whole("--priority", 2, 0, 3, "Lower runs first.");
        var catchUp = new Option<string>("--catch-up")
        {
            Description = "Of occurrences missed while no silo ran: the last, all (a hundred a second), or none.",
            DefaultValueFactory = _ => "last",
        }.OfWords("last", "all", "none");
        var json = CommonOptions.Json();
        var command = new Verb(
            "schedule", "Queues a job at each occurrence of a cron expression, once in the whole cluster.",
            "./bpc jobs schedule sweep --type SWEEP_JOBS --cron '17 3 * * *' --time-zone Europe/Vienna",
            "./bpc jobs controls")
        { name, type, cron, zone, tenant, payload, priority, catchUp, json };
        command.SetAction((parse, ct) =>
        {
            KnownTypes.Warn(Terminal.Of(parse), parse.GetValue(type));
            return ControlCommands.RunAsync(
                parse, json, new("scheduled", parse.GetRequiredValue(name)), jobs => jobs.ScheduleAsync(
                    parse.GetValue(tenant),
                    new(
                        parse.GetRequiredValue(name), parse.GetRequiredValue(type),
                        parse.GetRequiredValue(payload), parse.GetValue(priority), parse.GetRequiredValue(cron),
                        parse.GetRequiredValue(zone), parse.GetRequiredValue(catchUp)), ct), ct);
        });
        return command;
    }

    public static Command Unschedule()
    {
        var (name, tenant, json) = (Name(), Tenant("the one for all tenants"), CommonOptions.Json());
        var command = new Verb(
            "unschedule", "Takes a schedule back; the jobs it has queued stay.",
            "./bpc jobs unschedule sweep", "./bpc jobs unschedule nightly --tenant acme")
        { name, tenant, json };
        command.SetAction((parse, ct) => ControlCommands.RunAsync(
            parse, json, new("unscheduled", parse.GetRequiredValue(name)),
            jobs => jobs.UnscheduleAsync(parse.GetValue(tenant), parse.GetRequiredValue(name), ct), ct));
        return command;
    }

    private static Option<string?> Tenant(string where) =>
        new("--tenant") { Description = $"A tenant's slug or id; {where} where absent." };

    private static Argument<string> Name() => new("NAME") { Description = "Lower-case letters, digits, - and _." };
}
