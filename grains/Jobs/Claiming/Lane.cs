namespace Bpc.Grains.Jobs.Claiming;

/// <summary>
/// The queued jobs of one tenant, type, priority and number of rescues that this build can run.
/// </summary>
/// <param name="Rescues">How many leases these jobs have lost: one of them may be what killed its silo.</param>
/// <param name="Weight">Of the tenant: its part of the cluster while others wait too.</param>
/// <param name="Limited">A row of job_limits applies to it: its claims count.</param>
/// <param name="DueIn">Until its first job is due; zero or less: now.</param>
/// <param name="Due">When its first job is due, by the database's clock.</param>
/// <param name="Head">Its first job.</param>
internal sealed record Lane(
    Guid TenantId, string Type, int Priority, int Rescues, int Weight, bool Limited, TimeSpan DueIn, DateTime Due,
    Guid Head);

/// <summary>Upper bounds of one claim.</summary>
/// <param name="Quota">Over all lanes of the tenant together.</param>
/// <param name="Most">For this lane.</param>
internal sealed record LaneQuota(Lane Lane, int Quota, int Most);

/// <summary>The queue as it was a moment ago.</summary>
/// <param name="Ready">Due jobs of these lanes, counted as far as was asked.</param>
/// <param name="Running">Jobs of all silos, counted as far as was asked.</param>
internal sealed record Lanes(IReadOnlyList<Lane> All, long Ready, long Running);

/// <summary>What one claim took.</summary>
/// <param name="Last">The last row taken of each lane of jobs that never lost a lease.</param>
internal sealed record Claim(
    List<ClaimedJob> Jobs,
    IReadOnlyDictionary<(Guid TenantId, string Type, int Priority), (DateTime Due, Guid JobId)> Last)
{
    /// <summary>When a rate limit lets the next one start; null where none holds any back.</summary>
    public TimeSpan? MoreIn { get; init; }

    /// <summary>
    /// The lane from its last claimed row on. Before that lie rows that are dead, but not yet to somebody's old
    /// snapshot: a claim from the lane's beginning would walk over all of them.
    /// </summary>
    public Lane After(Lane lane) =>
        lane.Rescues == 0 && Last.TryGetValue((lane.TenantId, lane.Type, lane.Priority), out var last)
            ? lane with { Due = last.Due, Head = last.JobId } : lane;
}
