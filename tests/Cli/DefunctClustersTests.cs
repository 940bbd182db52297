using Bpc.Cli.Up;
using Bpc.Tests.Database;

namespace Bpc.Tests.Cli;

[Trait("Category", "Integration")]
public sealed class DefunctClustersTests(PostgresServer postgres)
{
    [Fact]
    public async Task Only_clusters_of_bpc_up_that_nobody_lives_in_any_more_are_removed()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO orleans_clusters (cluster_id)
            VALUES ('up-dead'), ('up-silent'), ('up-alive'), ('up-half-alive'), ('up-starting'), ('bpc');
            INSERT INTO orleans_members (cluster_id, address, port, generation, silo_name, host_name, status,
                                         gateway_port, started_at, alive_at)
            SELECT cluster_id, '127.0.0.1', 1, generation, 'worker-1', 'host', status, 0, now(), now() - silent
              FROM (VALUES ('up-dead', 1, 6, interval '1 second'), ('up-silent', 1, 3, interval '2 hours'),
                           ('up-alive', 1, 3, interval '1 second'), ('up-half-alive', 1, 6, interval '2 hours'),
                           ('up-half-alive', 2, 3, interval '1 second'), ('bpc', 1, 6, interval '2 hours'))
                   AS member (cluster_id, generation, status, silent)
            """);

        Assert.Equal(2, await DefunctClusters.RemoveAsync(
            database.DataSource, TestContext.Current.CancellationToken));

        Assert.Equal("bpc up-alive up-half-alive up-starting", await database.ScalarAsync<string>(
            "SELECT string_agg(cluster_id, ' ' ORDER BY cluster_id) FROM orleans_clusters"));
        Assert.Equal(4L, await database.ScalarAsync<long>("SELECT count(*) FROM orleans_members"));
    }
}
