using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Claiming;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Waking;

namespace Bpc.Grains.Jobs.Enqueuing;

/// <summary>
/// Puts jobs into the table. Where this silo is idle it leases them as it inserts them and starts them after the
/// commit: no claim, and no wait for one. The fence holds for such a lease as for any other.
/// </summary>
internal sealed class JobInserts(
    Leases leases, JobStarter starter, JobHandlers handlers, JobWake wake, EngineMetrics metrics,
    BpcSettings settings, ILocalSiloDetails silo)
{
    internal string Worker => settings.WorkerId;

    internal string Silo { get; } = silo.SiloAddress.ToParsableString();

    internal TimeSpan Lease => settings.Jobs.Lease;

    /// <summary>An insert for somebody's transaction, to be disposed of when that is over.</summary>
    public JobInsert Of(params IEnumerable<NewJob> jobs) =>
        new(this, WakeSource.Call,
            [.. jobs.Select(job => new JobInsert.Row(job, IsForNow(job) && leases.TryReserve()))]);

    /// <summary>
    /// The same for what follows upon jobs that end in that transaction: it takes the slots they leave, or joins the
    /// queue.
    /// </summary>
    public JobInsert After(IEnumerable<(Lease Ended, NewJob Job)> jobs) => new(this, WakeSource.Job, [.. jobs.Select(
        next => new JobInsert.Row(next.Job, IsForNow(next.Job) && leases.TryPassSlot(next.Ended)))]);

    internal void Start(ClaimedJob job) => starter.StartReserved(job);

    internal void Queued(WakeSource source)
    {
        metrics.Woken(source);
        wake.SignalAll();
    }

    internal void GiveSlotBack() => leases.Unreserve();

    private bool IsForNow(NewJob job) => job.ScheduledAt is null && handlers.Knows(job.Type);
}
