using System.CommandLine;
using Bpc.Cli.Settings;
using Bpc.Grains.Tenants;
using Bpc.Hosting;

namespace Bpc.Cli.Tenants;

/// <summary><c>bpc tenant create</c></summary>
internal static class CreateTenantCommand
{
    public static Command Create()
    {
        var slug = new Argument<string>("SLUG") { Description = "A short name: a-z, 0-9 and hyphens." };
        var json = CommonOptions.Json();
        var command = new Verb(
            "create",
            "Creates a tenant with an Admin API key, which is shown this once: the database keeps only its keyed hash.",
            "./bpc tenant create acme",
            "API_KEY=$(./bpc tenant create acme --json | jq -r .api_key)")
        { slug, json };
        command.SetAction((parse, ct) =>
            RunAsync(Terminal.Of(parse), parse.GetRequiredValue(slug), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string slug, bool json, CancellationToken ct)
    {
        var settings = DevelopmentSettings.ReadForKeys(BpcHome.Find(), terminal.Say);
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var tenant = await TenantAdministration.CreateAsync(
            database.Source, settings.ApiKeyPepper, slug, settings.Environment, ct);
        if (json)
        {
            terminal.WriteJson(new { tenant.TenantId, tenant.ApiKey });
            return ExitCode.Done;
        }

        terminal.Line($"tenant_id  {tenant.TenantId}");
        terminal.Line($"api_key    {tenant.ApiKey}");
        terminal.Say("Keep the key: it is shown this once.");
        return ExitCode.Done;
    }
}
