using Npgsql;

namespace Bpc.Cli.Up;

/// <summary>
/// Each <c>bpc up</c> is a cluster of its own and leaves its membership rows behind; the next start removes them.
/// </summary>
internal static class DefunctClusters
{
    /// <summary>
    /// Removes clusters of <c>bpc up</c> whose silos are all dead, or have not said for an hour that they live (they do
    /// so every few seconds). One without any silo is left alone: it may be starting this moment.
    /// </summary>
    public static async Task<int> RemoveAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            DELETE FROM orleans_clusters c USING (
                   SELECT cluster_id FROM orleans_members
                    GROUP BY cluster_id HAVING bool_and(status = 6 OR alive_at < now() - interval '1 hour')) defunct
             WHERE c.cluster_id = defunct.cluster_id AND c.cluster_id LIKE 'up-%'
            """);
        return await command.ExecuteNonQueryAsync(ct);
    }
}
