using System.CommandLine;
using Bpc.Grains.Audit;
using Spectre.Console;

namespace Bpc.Cli.Audit;

/// <summary><c>bpc audit verify</c></summary>
internal static class VerifyAuditCommand
{
    public static Command Create()
    {
        var tenant = new Option<string?>("--tenant") { Description = "A tenant's slug or id; all where absent." };
        var head = new Option<FileInfo>("--head")
        {
            Description = "Heads kept elsewhere (GET /v1/audit/head or audit head): finds events cut off at the end.",
        }
            .OfExistingFiles();
        var json = CommonOptions.Json();
        var command = new Verb(
            "verify",
            "Verifies the chains of events and names the first link that does not hold; exit 1 where there is one.",
            "./bpc audit verify",
            "./bpc audit verify --tenant acme --head heads.jsonl")
        { tenant, head, json };
        command.SetAction((parse, ct) => RunAsync(
            Terminal.Of(parse), parse.GetValue(tenant), parse.GetValue(head), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string? tenant, FileInfo? head, bool json, CancellationToken ct)
    {
        var kept = AuditTenants.ReadHeads(head);
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var verifier = new AuditVerifier(database.Source);
        var broken = 0;
        foreach (var (id, slug) in await AuditTenants.FindAsync(database.Source, tenant, ct))
        {
            var report = await ProgressAsync(
                terminal, slug, progress => verifier.VerifyAsync(id, kept.GetValueOrDefault(id), progress, ct));
            broken += report.Broken is null ? 0 : 1;
            kept.Remove(id);
            Show(terminal, id, slug, report, json);
        }

        // A tenant that is gone, with everything it did, is the largest tail there is to cut off.
        foreach (var gone in kept.Values.Where(_ => tenant is null))
        {
            broken++;
            Show(terminal, gone.TenantId, $"{gone.TenantId}", new(0, 0, new(gone.TenantId, 0, null),
                new("the tenant", "a head of it was kept, and it is gone")), json);
        }

        return broken == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Show(Terminal terminal, Guid id, string slug, AuditReport report, bool json)
    {
        if (json)
        {
            terminal.WriteJson(new
            {
                TenantId = id,
                Tenant = slug,
                Verified = report.Broken is null,
                report.Events,
                report.Waiting,
                report.Head.Position,
                report.Head.LinkHash,
                report.Broken,
            });
            return;
        }

        terminal.Line(report.Broken is { } broken
            ? $"BROKEN {slug}: {broken.Where}: {broken.Reason}"
            : $"VERIFIED {slug}: {report.Events} events"
                + (report.Waiting > 0 ? $", {report.Waiting} wait to be linked" : "")
                + $", head {report.Head.Position} {report.Head.LinkHash}");
    }

    private static Task<AuditReport> ProgressAsync(
        Terminal terminal, string slug, Func<Action<long, long>, Task<AuditReport>> verify) =>
        terminal.Error.Progress().AutoClear(true).StartAsync(async bars =>
        {
            var bar = bars.AddTask(Markup.Escape(slug));
            var report = await verify((done, total) => bar.Value(100.0 * done / total));
            bar.Value(100);
            return report;
        });
}
