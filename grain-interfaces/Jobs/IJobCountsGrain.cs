namespace Bpc.GrainInterfaces.Jobs;

/// <summary>
/// What metrics tell of all tenants' jobs (key: 0). One activation counts for the whole cluster, however many processes
/// are scraped, and a gateway learns what its role may not see.
/// </summary>
[Alias("bpc.IJobCountsGrain")]
public interface IJobCountsGrain : IGrainWithIntegerKey
{
    /// <summary>The table, counted not long ago.</summary>
    [Alias("Count")]
    Task<JobCounts> CountAsync();

    /// <summary>The jobs each live silo has ended since it started.</summary>
    [Alias("Ended")]
    Task<SiloJobs[]> EndedAsync();
}

/// <param name="Enqueued">Ever, by whoever.</param>
/// <param name="Now">Only what has not ended, or ended as DEAD_LETTER.</param>
[GenerateSerializer, Immutable, Alias("bpc.JobCounts")]
public sealed record JobCounts(
    [property: Id(0)] JobTotal[] Enqueued, [property: Id(1)] JobsNow[] Now, [property: Id(2)] int LiveSilos);

/// <summary>
/// How many jobs there ever were. Tenant and Type are labels: beyond the limits both are <c>other</c>.
/// </summary>
[GenerateSerializer, Immutable, Alias("bpc.JobTotal")]
public sealed record JobTotal(
    [property: Id(0)] string Tenant, [property: Id(1)] string Type, [property: Id(2)] long Jobs);

/// <summary>Where jobs stand.</summary>
/// <param name="Due">QUEUED, and their time has come; OldestSeconds ago that of the oldest.</param>
/// <param name="Later">QUEUED for later: retries, and what is scheduled.</param>
[GenerateSerializer, Immutable, Alias("bpc.JobsNow")]
public sealed record JobsNow(
    [property: Id(0)] string Tenant, [property: Id(1)] string Type, [property: Id(2)] long Running,
    [property: Id(3)] long Due, [property: Id(4)] long Later, [property: Id(5)] long DeadLetter,
    [property: Id(6)] double OldestSeconds);

/// <summary>What a silo has ended; its address tells one life of a worker from the next.</summary>
[GenerateSerializer, Immutable, Alias("bpc.SiloJobs")]
public sealed record SiloJobs([property: Id(0)] string Silo, [property: Id(1)] EndedJobs[] Ended);

/// <summary>How many jobs ended so, and how long they took together, by bucket of <see cref="JobDurations"/>.</summary>
[GenerateSerializer, Immutable, Alias("bpc.EndedJobs")]
public sealed record EndedJobs(
    [property: Id(0)] string Tenant, [property: Id(1)] string Type, [property: Id(2)] string Status,
    [property: Id(3)] long[] Jobs, [property: Id(4)] double[] Seconds);
