using Bpc.GrainInterfaces.Jobs;
using Dapper;
using Npgsql;
using Orleans.Concurrency;

namespace Bpc.Grains.Jobs;

/// <summary>Counts the table; whoever asks remembers the answer for as long as it may.</summary>
[StatelessWorker]
internal sealed class JobCountsGrain(JobCountStore counts) : Grain, IJobCountsGrain
{
    public Task<JobCount[]> CountAsync() => counts.CountAsync(CancellationToken.None);
}

/// <summary>Reads how many jobs there are, of every tenant.</summary>
public sealed class JobCountStore(NpgsqlDataSource database)
{
    public async Task<JobCount[]> CountAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT tenant_id AS TenantId, type AS Type, status AS Status, count(*) AS Jobs
              FROM jobs GROUP BY tenant_id, type, status
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return [.. await connection.QueryAsync<JobCount>(new(sql, cancellationToken: ct))];
    }
}
