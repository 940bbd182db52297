using Bpc.Grains.Jobs.Committing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bpc.Grains.Jobs.Waking;

/// <summary>Notifies every silo that jobs wait, as plain SQL that queues a job does.</summary>
internal sealed class JobAnnouncement([FromKeyedServices(JobEndStore.Connections)] NpgsqlDataSource db)
{
    public async Task AnnounceAsync(CancellationToken ct)
    {
        await using var command = db.CreateCommand("SELECT pg_notify('bpc_jobs', '')");
        await command.ExecuteNonQueryAsync(ct);
    }
}
