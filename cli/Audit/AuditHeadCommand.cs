using System.CommandLine;

namespace Bpc.Cli.Audit;

/// <summary><c>bpc audit head</c>: what an auditor keeps elsewhere.</summary>
internal static class AuditHeadCommand
{
    public static Command Create()
    {
        var tenant = new Option<string?>("--tenant") { Description = "A tenant's slug or id; all where absent." };
        var command = new Verb(
            "head",
            "Prints how far each tenant's chain of events goes: kept elsewhere, it shows what was cut off later.",
            "./bpc audit head > heads.jsonl")
        { tenant, CommonOptions.Json() }; // it prints nothing else, and scripts need not know
        command.SetAction((parse, ct) => RunAsync(Terminal.Of(parse), parse.GetValue(tenant), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string? tenant, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var tenants = await AuditTenants.FindAsync(database.Source, tenant, ct);
        foreach (var head in await AuditTenants.HeadsAsync(database.Source, tenants, ct))
        {
            terminal.WriteJson(head);
        }

        return ExitCode.Done;
    }
}
