using System.CommandLine;
using Bpc.Core;
using Bpc.Grains;
using Bpc.Grains.Passports;

namespace Bpc.Cli.Passports;

/// <summary><c>bpc replay</c>: compiles stored versions again and compares every byte.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var versions = CommonOptions.Ids("VERSION", "Passport version ids; or --all.", ArgumentArity.ZeroOrMore);
        var all = new Option<bool>("--all") { Description = "Every finished version of the database." };
        var tenant = new Option<string?>("--tenant") { Description = "With --all: of this tenant alone, by its slug." };
        var json = CommonOptions.Json();
        var command = new Verb(
            "replay",
            "Compiles stored versions again, each under its own package, and names the first difference; exit 1 then.",
            "./bpc replay --all",
            "./bpc replay --all --tenant acme --json",
            "./bpc replay 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10")
        { versions, all, tenant, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(versions) is { Tokens.Count: > 0 } == result.IsOn(all))
            {
                result.AddError("replay wants either version ids or --all");
            }
        });
        command.SetAction((parse, ct) => RunAsync(
            Terminal.Of(parse), parse.GetValue(versions) ?? [], parse.GetValue(tenant), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, Guid[] ids, string? slug, bool json, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        using var cpu = new CpuPool();
        var versions = new StoredVersions(database.Source);
        var tenant = slug is null ? (Guid?)null : await versions.TenantAsync(slug, ct);
        var run = new ReplayRun(PassportReplay.On(database.Source, cpu), terminal, json);
        if (ids.Length == 0)
        {
            await run.AllAsync(tenant, ct);
        }
        else
        {
            var found = await versions.FindAsync(ids, ct);
            if (ids.Except(found.Select(item => item.PassportVersionId)).ToList() is [var missing, ..])
            {
                throw new BpcException(BpcError.NotFound, $"there is no passport version {missing}");
            }

            await run.SomeAsync(found, ct);
        }

        return run.Finish() ? ExitCode.Done : ExitCode.Failed;
    }
}
