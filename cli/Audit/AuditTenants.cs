using System.Text.Json;
using Bpc.Core;
using Bpc.Core.Audit;
using Dapper;
using Npgsql;

namespace Bpc.Cli.Audit;

/// <summary>A tenant whose trail is looked at.</summary>
internal sealed record AuditTenant(Guid TenantId, string Slug);

/// <summary>Whose trails a command is about, and the heads somebody kept of them.</summary>
internal static class AuditTenants
{
    private const int MaxHeadBytes = 1024 * 1024;

    public static async Task<IReadOnlyList<AuditTenant>> FindAsync(
        NpgsqlDataSource database, string? tenant, CancellationToken ct)
    {
        const string sql = """
            SELECT tenant_id AS TenantId, slug AS Slug FROM tenants
             WHERE @tenant::text IS NULL OR slug = @tenant OR tenant_id::text = @tenant ORDER BY slug
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var command = new CommandDefinition(sql, new { tenant }, cancellationToken: ct);
        var found = (await connection.QueryAsync<AuditTenant>(command)).AsList();
        return found.Count > 0 || tenant is null
            ? found : throw new BpcException(BpcError.NotFound, $"there is no tenant {tenant}");
    }

    public static async Task<IReadOnlyList<AuditHead>> HeadsAsync(
        NpgsqlDataSource database, IReadOnlyList<AuditTenant> tenants, CancellationToken ct)
    {
        const string sql = """
            SELECT t.tenant_id AS TenantId, head.position AS Position, head.link_hash AS LinkHash
              FROM unnest(@ids) AS t (tenant_id) CROSS JOIN LATERAL (
                   SELECT position, link_hash FROM audit_links l
                    WHERE l.tenant_id = t.tenant_id ORDER BY position DESC LIMIT 1) head
             ORDER BY t.tenant_id
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var ids = tenants.Select(t => t.TenantId).ToArray();
        return (await connection.QueryAsync<AuditHead>(new(sql, new { ids }, cancellationToken: ct))).AsList();
    }

    /// <summary>Kept heads, as GET /v1/audit/head and <c>bpc audit head</c> give them: one per line.</summary>
    public static Dictionary<Guid, AuditHead> ReadHeads(FileInfo? file)
    {
        if (file is null)
        {
            return [];
        }

        if (file.Length > MaxHeadBytes)
        {
            throw new BpcException(BpcError.Validation, $"{file.Name} is no file of heads: it has {file.Length} bytes");
        }

        try
        {
            return File.ReadLines(file.FullName).Where(line => line.Trim().Length > 0)
                .Select(line => JsonElement.Parse(line)).Select(Head).ToDictionary(head => head.TenantId);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException)
        {
            throw new BpcException(
                BpcError.Validation,
                $"{file.Name}: a line of JSON with tenant_id, position and link_hash for each tenant is wanted: "
                + e.Message,
                inner: e);
        }
    }

    private static AuditHead Head(JsonElement line) => new(
        line.GetProperty("tenant_id").GetGuid(), line.GetProperty("position").GetInt64(),
        line.GetProperty("link_hash").GetString());
}
