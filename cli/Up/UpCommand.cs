using System.CommandLine;
using Bpc.Cli.Settings;
using Bpc.Hosting;
using Npgsql;

namespace Bpc.Cli.Up;

/// <summary><c>bpc up</c></summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "up",
            "Runs a silo, the gateway and, unless BPC_DB_HOST is set, a private PostgreSQL, all on loopback.",
            "./bpc up",
            "BPC_HTTP_PORT=9090 ./bpc up",
            "BPC_DB_HOST=localhost BPC_DB_USER=bpc BPC_DB_PASSWORD=bpc ./bpc up");
        command.SetAction((parse, ct) => RunAsync(Terminal.Of(parse), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CancellationToken ct)
    {
        var home = BpcHome.Find();
        var settings = DevelopmentSettings.Read(home, terminal.Say);
        await using var cluster = await LocalCluster.StartAsync(home, settings, terminal.Say, ct);
        var dashboard = cluster.SignInLink(() => NewestTenantAsync(cluster.Database), "/dashboard");
        terminal.Line($"BPC is up: {cluster.Address}");
        terminal.Line($"  API reference   {cluster.Address}reference");
        terminal.Line($"  dashboard       {dashboard}  (opens once, on this machine)");
        terminal.Line($"  silo's own      {cluster.SiloAddress}dashboard  (password: BPC_DASHBOARD_PASSWORD, or in "
            + "dev an Admin's API key; any user name)");
        if (cluster.PsqlLine is { } psql)
        {
            terminal.Line($"  SQL             {psql}");
        }

        terminal.Line("  a tenant        ./bpc tenant create acme   (in another terminal)");
        terminal.Line("  Ctrl-C stops: jobs in flight finish or are given back; a second Ctrl-C stops at once.");
        await LocalCluster.UntilStoppedAsync(ct);
        terminal.Say("Stopping");
        return ExitCode.Done;
    }

    // The dashboard shows the cluster, not a tenant's data; signed in as somebody, the other pages have something to
    // show too. On a fresh machine there is nobody yet.
    private static async Task<Guid> NewestTenantAsync(NpgsqlDataSource database)
    {
        const string sql = "SELECT tenant_id FROM tenants ORDER BY created_at DESC LIMIT 1";
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as Guid? ?? Guid.Empty;
    }
}
