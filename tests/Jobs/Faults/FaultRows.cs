using Bpc.FaultWorker;
using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>What the fault tests put into the table, and how they look at it.</summary>
internal static class FaultRows
{
    /// <param name="payload">Members beside <c>effect</c>, as <see cref="WorkHandler"/> reads them.</param>
    public static Task<int> QueueWorkAsync(this TestDatabase database, Guid tenant, int count, string payload) =>
        database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, payload)
            SELECT $1, $2, $3::jsonb || '{"effect": true}' FROM generate_series(1, $4)
            """,
            tenant, WorkHandler.JobType, payload, count);

    public static Task<long> RunningAsync(this TestDatabase database, SiloProcess silo) =>
        database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE status = 'RUNNING' AND lease_owner = $1", silo.Worker);

    /// <summary>The cluster has declared it dead.</summary>
    public static async Task<bool> IsDeclaredDeadAsync(this TestDatabase database, SiloProcess silo) =>
        await database.ScalarAsync<long>(
            "SELECT count(*) FROM orleans_members WHERE status = 6 AND silo_name = $1", silo.Worker) == 1;

    public static Task UntilAllEndedAsync(this TestDatabase database, TimeSpan? atMost = null) => JobRows.UntilAsync(
        async () => await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE status IN ('QUEUED', 'RUNNING')") == 0,
        "every job has ended", atMost);
}
