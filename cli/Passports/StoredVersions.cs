using Bpc.Core;
using Bpc.Grains.Passports;
using Dapper;
using Npgsql;

namespace Bpc.Cli.Passports;

/// <summary>Finds what an operator names: versions by id, of any tenant, and tenants by slug.</summary>
internal sealed class StoredVersions(NpgsqlDataSource database)
{
    public async Task<Guid> TenantAsync(string slug, CancellationToken ct)
    {
        const string sql = "SELECT tenant_id FROM tenants WHERE slug = @slug";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<Guid?>(new(sql, new { slug }, cancellationToken: ct))
            ?? throw new BpcException(BpcError.NotFound, $"there is no tenant '{slug}'");
    }

    public async Task<IReadOnlyList<ReplayItem>> FindAsync(Guid[] ids, CancellationToken ct)
    {
        const string sql = """
            SELECT tenant_id AS TenantId, passport_version_id AS PassportVersionId FROM passport_versions
            WHERE passport_version_id = ANY (@ids)
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<ReplayItem>(new(sql, new { ids }, cancellationToken: ct))).AsList();
    }
}
