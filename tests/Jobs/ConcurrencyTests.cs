using System.Collections.Concurrent;
using Bpc.Grains.Jobs;
using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs;

[Trait("Category", "Integration")]
public sealed class ConcurrencyTests(PostgresServer postgres)
{
    [Fact(DisplayName = "10 workers process 100 jobs (no duplicates)")]
    public async Task Ten_workers_process_100_jobs_without_duplicates()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var ran = new ConcurrentBag<Guid>();
        var handler = new TestHandler("COUNTED", (job, _) =>
        {
            ran.Add(job.JobId);
            return Task.FromResult(TestHandler.Done);
        });
        await using var cluster = await JobCluster.StartAsync(database, new(), [handler], silos: 10);

        await database.QueueAsync(tenant, "COUNTED", 100);
        await database.UntilAsync("SUCCEEDED", 100);

        Assert.Equal(100, ran.Distinct().Count());
        Assert.Equal(100, ran.Count);
        Assert.Equal(100L, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE attempts = 1 AND lease_epoch = 1"));
    }
}
