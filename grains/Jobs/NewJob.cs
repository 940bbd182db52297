namespace Bpc.Grains.Jobs;

/// <summary>A job that is to be put into the table.</summary>
/// <param name="Payload">Canonical JSON.</param>
/// <param name="IdempotencyKey">A second job of this tenant and type with the same key changes nothing.</param>
/// <param name="Priority">0 to 3; lower runs first.</param>
/// <param name="ScheduledAt">UTC; it starts no earlier. Null: at once.</param>
public sealed record NewJob(
    Guid JobId, Guid TenantId, string Type, string Payload, string? IdempotencyKey, Cause Cause,
    int Priority = NewJob.UsualPriority, DateTime? ScheduledAt = null)
{
    internal const int UsualPriority = 2;
    private const int LowestPriority = 3;

    internal static bool IsPriority(int priority) => priority is >= 0 and <= LowestPriority;

    internal static string WrongPriority(int priority) =>
        $"is {priority}; 0 (first) to {LowestPriority} is wanted";

    /// <summary>The job as if it had been claimed, where it was inserted under a lease.</summary>
    internal ClaimedJob Claimed(int maxAttempts) =>
        new(JobId, TenantId, Type, Attempt: 1, maxAttempts, Epoch: 1, Payload, Cause.TraceParent, Rescues: 0,
            Cause.CorrelationId);
}
