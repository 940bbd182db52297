using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Snapshots;
using Bpc.Grains.Jobs;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Snapshots;

/// <summary>
/// BUILD_SNAPSHOT: checks what was added (every fact is there, by foreign key; no type and key twice) and makes the
/// snapshot READY.
/// </summary>
internal sealed partial class BuildSnapshotHandler(
    SnapshotStore snapshots, CpuPool cpu, ILogger<BuildSnapshotHandler> log)
    : IJobHandler
{
    public string Type => JobTypes.BuildSnapshot;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(2);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var id = JobPayload.Of(job).Id("snapshot_id");
        var status = await snapshots.FindStatusAsync(job.TenantId, id, ct)
            ?? throw new BpcException(BpcError.NotFound, $"snapshot {id} does not exist");
        var facts = await snapshots.FactsAsync(job.TenantId, id, ct);

        // Sealing is the check: what it accepts now it accepts later, and there is one definition of a sound snapshot.
        await cpu.RunAsync(() => SnapshotSeal.Seal(id, facts), ct);
        Built(id, status, facts.Count);
        var result = JsonValue.Object(("facts", facts.Count));
        return status == "BUILDING"
            ? new JobOutcome.Succeed(
                result, SnapshotStore.MarkReady(job.TenantId, id, job.Actor(), result, Cause.Of(job)))
            : new JobOutcome.Succeed(result);
    }

    [LoggerMessage(LogLevel.Information, "Snapshot checked: snapshot_id={SnapshotId}, status={Status}, facts={Facts}")]
    private partial void Built(Guid snapshotId, string status, int facts);
}
