using Orleans.Concurrency;

namespace Bpc.GrainInterfaces.Jobs;

/// <summary>
/// What operators do to a tenant's jobs (key: tenant_id): the quickstart's UPDATEs as calls. Only what holds until
/// it is taken back (pause, resume, limit) appends an event; the fence keeps a running job from undoing any of them.
/// </summary>
[Alias("bpc.IJobsGrain")]
public interface IJobsGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Puts a job into the table. The call's idempotency key is the job's: a repeat answers with the job that is there.
    /// Where the call has a request hash too, another request under its key is IDEMPOTENCY_CONFLICT.
    /// </summary>
    [Alias("Enqueue"), AlwaysInterleave]
    Task<JobQueued> EnqueueAsync(Call call, JobRequest request);

    /// <summary>Queues a finished job again with attempts 0. INVALID_STATE while it is QUEUED or RUNNING.</summary>
    [Alias("Retry")]
    Task<JobQueued> RetryAsync(Call call, Guid jobId);

    /// <summary>
    /// Queues the jobs of the filter again: all of them, or as many as ten seconds are enough for, 100,000 at most.
    /// Whoever goes on with the answer's Before comes to an end, though some fail again meanwhile.
    /// </summary>
    [Alias("RetryBefore"), AlwaysInterleave]
    Task<JobsRetried> RetryManyAsync(Call call, JobFilter filter);

    /// <summary>
    /// CANCELLED: a queued job never runs; a running one's handler is told to stop and commits nothing.
    /// </summary>
    [Alias("Cancel")]
    Task<JobQueued> CancelAsync(Call call, Guid jobId);

    /// <summary>A queued job waits that long from now. INVALID_STATE for any other.</summary>
    [Alias("Snooze")]
    Task<JobQueued> SnoozeAsync(Call call, Guid jobId, int seconds);

    /// <summary>Nothing of the type is started from now on; null: of no type. What holds jobs back then.</summary>
    [Alias("Pause")]
    Task<JobControls> PauseAsync(Call call, string? type, string? reason);

    /// <summary>Takes that very pause back. What holds jobs back then.</summary>
    [Alias("Resume")]
    Task<JobControls> ResumeAsync(Call call, string? type);

    /// <summary>
    /// At most so many at once, and started in a minute; both null: no limit. What holds jobs back then.
    /// </summary>
    [Alias("Limit")]
    Task<JobControls> LimitAsync(Call call, string? type, int? maxRunning, int? maxPerMinute);
}

/// <summary>A job that is to be done.</summary>
/// <param name="Payload">A JSON object.</param>
/// <param name="Priority">0 to 3; lower runs first.</param>
/// <param name="ScheduledAt">UTC; it starts no earlier. Null: at once.</param>
[GenerateSerializer, Immutable, Alias("bpc.JobRequest")]
public sealed record JobRequest(
    [property: Id(0)] string Type, [property: Id(1)] string Payload, [property: Id(2)] int Priority = 2,
    [property: Id(3)] DateTime? ScheduledAt = null);

/// <summary>Which jobs: null means any. Status defaults to DEAD_LETTER.</summary>
/// <param name="Before">UTC; those that ended earlier. Null: before the call.</param>
[GenerateSerializer, Immutable, Alias("bpc.JobFilter")]
public sealed record JobFilter(
    [property: Id(0)] string Status = "DEAD_LETTER", [property: Id(1)] string? Type = null,
    [property: Id(2)] string? ErrorCode = null, [property: Id(3)] DateTime? Before = null);

/// <summary>How many jobs were queued again, of those that ended before then.</summary>
[GenerateSerializer, Immutable, Alias("bpc.JobsRetried")]
public sealed record JobsRetried([property: Id(0)] int Jobs, [property: Id(1)] DateTime Before);
