using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Jobs.Running;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bpc.Grains.Jobs.Leasing;

/// <summary>The statements that renew leases. The database's clock decides (docs/jobs.md).</summary>
internal sealed class LeaseStore(
    [FromKeyedServices(JobEndStore.Connections)] NpgsqlDataSource db, BpcSettings settings)
{
    // A row somebody else has locked is passed over: one operator's open transaction must not cost every other job its
    // lease. A job past its longest run is not renewed, or a handler that hangs would live for ever.
    private const string Renew = """
        UPDATE jobs SET lease_expires_at = clock_timestamp() + $4 * interval '1 millisecond'
         WHERE job_id = ANY (ARRAY (
               SELECT j.job_id FROM jobs j JOIN unnest($1, $2, $3) AS m (job_id, epoch, max_run) ON j.job_id = m.job_id
                WHERE j.lease_epoch = m.epoch AND j.status || '' = 'RUNNING' AND j.lease_owner = $5
                  AND j.started_at > clock_timestamp() - m.max_run * interval '1 millisecond'
                  FOR UPDATE OF j SKIP LOCKED))
        RETURNING job_id, lease_epoch
        """;

    private const string StillHeld = """
        SELECT j.job_id, j.lease_epoch FROM jobs j JOIN unnest($1, $2) AS m (job_id, epoch) ON j.job_id = m.job_id
         WHERE j.lease_epoch = m.epoch AND j.status || '' = 'RUNNING' AND j.lease_owner = $3
        """;

    /// <summary>
    /// Renews the leases; returns the claims that are renewed, or still ours though locked or past their longest run.
    /// </summary>
    public async Task<HashSet<ClaimId>> RenewAsync(IReadOnlyList<Lease> leases, CancellationToken ct)
    {
        Guid[] ids = [.. leases.Select(l => l.Job.JobId)];
        long[] epochs = [.. leases.Select(l => l.Job.Epoch)];
        long[] maxRuns = [.. leases.Select(l => (long)l.MaxRun.TotalMilliseconds)];
        await using var renew = Command(
            Renew, Value(ids), Value(epochs), Value(maxRuns), Milliseconds(settings.Jobs.Lease),
            Value(settings.WorkerId));
        var held = await ClaimId.ReadAllAsync(renew, ct);
        if (held.Count < leases.Count)
        {
            await using var stillHeld = Command(StillHeld, Value(ids), Value(epochs), Value(settings.WorkerId));
            held.UnionWith(await ClaimId.ReadAllAsync(stillHeld, ct));
        }

        return held;
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] values)
    {
        var command = db.CreateCommand(sql);
        command.Parameters.AddRange(values);
        return command;
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    // A number of milliseconds, never a text: the driver once made 60 days of '60'.
    private static NpgsqlParameter<long> Milliseconds(TimeSpan time) => Value((long)time.TotalMilliseconds);
}
