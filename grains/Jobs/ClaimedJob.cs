using Bpc.Grains.Jobs.Running;

namespace Bpc.Grains.Jobs;

/// <summary>A job this silo holds the lease of.</summary>
/// <param name="Epoch">Unique to this claim: every finishing statement is fenced by it.</param>
/// <param name="Payload">The row's jsonb as text.</param>
public sealed record ClaimedJob(
    Guid JobId, Guid TenantId, string Type, int Attempt, int MaxAttempts, long Epoch, string Payload,
    string? TraceParent, int Rescues, string? CorrelationId = null)
{
    /// <summary>Which claim of the job this is.</summary>
    internal ClaimId Claim => new(JobId, Epoch);
}
