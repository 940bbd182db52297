using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Passports;

/// <summary>An export that is in the table.</summary>
internal sealed record StoredExport(Guid ExportId, int Bytes);

/// <summary>The SQL of stored exports.</summary>
internal sealed class ExportStore(NpgsqlDataSource database)
{
    /// <summary>What the job has made before; null on its first attempt.</summary>
    public async Task<StoredExport?> FindByJobAsync(Guid tenantId, Guid jobId, CancellationToken ct)
    {
        const string sql = """
            SELECT export_id AS ExportId, octet_length(content) AS Bytes FROM passport_exports
            WHERE tenant_id = @tenantId AND job_id = @jobId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<StoredExport>(
            new(sql, new { tenantId, jobId }, cancellationToken: ct));
    }

    public static Write Insert(
        Guid tenantId, Guid exportId, Guid versionId, Guid jobId, byte[] content, string sha256) => new(
        """
        INSERT INTO passport_exports (export_id, tenant_id, passport_version_id, job_id, format, content, sha256)
        VALUES ($1, $2, $3, $4, 'bundle', $5, $6)
        """,
        [exportId, tenantId, versionId, jobId, content, sha256]);
}
