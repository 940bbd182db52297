using System.CommandLine;
using Bpc.Cli.Settings;
using Bpc.Core;
using Bpc.Core.ApiKeys;
using Bpc.Grains.Tenants;
using Bpc.Hosting;

namespace Bpc.Cli.Keys;

/// <summary><c>bpc keys create|list|revoke</c>: a tenant's API keys, by whoever has the database.</summary>
internal static class ApiKeyCommands
{
    public static Command Create()
    {
        var tenant = Tenant();
        var role = new Option<string>("--role")
        {
            Description = "Admin, ComplianceOfficer or Auditor.",
            DefaultValueFactory = _ => "Auditor",
        }.OfWords("Admin", "ComplianceOfficer", "Auditor");
        var label = new Option<string?>("--label") { Description = "What it is for." };
        var days = CommonOptions.WholeOrNone("--days", 1, 36_500, "Days until it expires; never where absent.");
        var json = CommonOptions.Json();
        var command = new Verb(
            "create", "Makes another API key of a tenant, shown this once: for rotation, a program or an auditor.",
            "./bpc keys create acme --role Auditor --label 'annual audit' --days 30")
        { tenant, role, label, days, json };
        command.SetAction(async (parse, ct) =>
        {
            var terminal = Terminal.Of(parse);
            var settings = DevelopmentSettings.ReadForKeys(BpcHome.Find(), terminal.Say);
            await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
            DateTime? expires = parse.GetValue(days) is { } count ? DateTime.UtcNow.AddDays(count) : null;
            var made = await ApiKeyAdministration.CreateAsync(
                database.Source, settings.ApiKeyPepper, settings.Environment, parse.GetRequiredValue(tenant),
                parse.GetRequiredValue(role), parse.GetValue(label), expires, ct);
            Show(terminal, made, parse.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    public static Command List()
    {
        var tenant = Tenant();
        var json = CommonOptions.Json();
        var command = new Verb(
            "list", "A tenant's API keys: role, label, last use, end. The keys themselves are stored nowhere.",
            "./bpc keys list acme", "./bpc keys list acme --json | jq 'select(.last_used_at == null)'")
        { tenant, json };
        command.SetAction(async (parse, ct) =>
        {
            var terminal = Terminal.Of(parse);
            await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
            terminal.WriteList(
                parse.GetValue(json), "no keys",
                await ApiKeyAdministration.ListAsync(database.Source, parse.GetRequiredValue(tenant), ct),
                new("prefix", k => k.Prefix), new("role", k => k.Role), new("label", k => k.Label, Rank: 1),
                new("last_used_at", k => $"{k.LastUsedAt:u}", Rank: 2), new("state", State));
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Revoke()
    {
        var prefix = new Argument<string>("PREFIX")
        {
            Description = "The part of the key that may be shown, bpc_<env>_PREFIX_…; or the whole key.",
        };
        var json = CommonOptions.Json();
        var command = new Verb(
            "revoke", "Revokes an API key for good; every gateway refuses it within five seconds.",
            "./bpc keys revoke aabbccddeeff")
        { prefix, json };
        command.SetAction(async (parse, ct) =>
        {
            var terminal = Terminal.Of(parse);
            var revoked = PrefixOf(parse.GetRequiredValue(prefix));
            await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
            await ApiKeyAdministration.RevokeAsync(database.Source, revoked, ct);
            if (parse.GetValue(json))
            {
                terminal.WriteJson(new { Revoked = revoked });
            }
            else
            {
                terminal.Line($"revoked  {revoked}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    // Of a leaked key somebody has the whole text at hand. Errors name what this returns: never the secret.
    private static string PrefixOf(string typed)
    {
        var text = typed.Trim();
        return text.Split('_') is ["bpc", _, { Length: 2 * ApiKey.PrefixBytes } prefix, ..] ? prefix
            : text.Length <= 2 * ApiKey.PrefixBytes ? text
            : throw new BpcException(
                BpcError.Validation, "neither a key nor its prefix; 'keys list TENANT' shows the prefixes");
    }

    private static Argument<string> Tenant() => new("TENANT") { Description = "The tenant's slug." };

    private static void Show(Terminal terminal, MadeApiKey made, bool asJson)
    {
        if (asJson)
        {
            terminal.WriteJson(new { made.ApiKeyId, made.ApiKey });
            return;
        }

        terminal.Line($"api_key_id  {made.ApiKeyId}");
        terminal.Line($"api_key     {made.ApiKey}");
        terminal.Say("Keep the key: it is shown this once.");
    }

    private static string State(KnownApiKey key) => key switch
    {
        { RevokedAt: { } at } => $"revoked {at:u}",
        { ExpiresAt: { } at } when at <= DateTime.UtcNow => $"expired {at:u}",
        { ExpiresAt: { } at } => $"until {at:u}",
        _ => "active",
    };
}
