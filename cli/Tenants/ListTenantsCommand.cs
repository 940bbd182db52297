using System.CommandLine;
using Dapper;

namespace Bpc.Cli.Tenants;

/// <summary><c>bpc tenant list</c></summary>
internal static class ListTenantsCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Verb(
            "list", "Lists all tenants, newest first.",
            "./bpc tenant list", "./bpc tenant list --json | jq -r .slug")
        { json };
        command.SetAction((parse, ct) => RunAsync(Terminal.Of(parse), parse.GetValue(json), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, bool json, CancellationToken ct)
    {
        const string sql = """
            SELECT slug AS Slug, tenant_id AS TenantId, created_at AS CreatedAt FROM tenants
             ORDER BY created_at DESC, tenant_id
            """;
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        var tenants = (await connection.QueryAsync<TenantRow>(new(sql, cancellationToken: ct))).AsList();
        terminal.WriteList(
            json, "no tenants; ./bpc tenant create acme makes one", tenants, new("slug", t => t.Slug),
            new("tenant_id", t => $"{t.TenantId}"), new("created_at", t => $"{t.CreatedAt:u}", Rank: 1));
        return ExitCode.Done;
    }

    private sealed record TenantRow(string Slug, Guid TenantId, DateTime CreatedAt);
}
