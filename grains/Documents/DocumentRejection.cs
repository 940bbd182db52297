using Bpc.Core;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Documents;

/// <summary>
/// Ends a job whose document is rejected: FAILED, and the version REJECTED with where and why, in one commit.
/// </summary>
internal static class DocumentRejection
{
    public static JobOutcome Reject(
        ClaimedJob job, Guid versionId, string detail, IReadOnlyList<Violation> violations) =>
        new JobOutcome.Fail(BpcError.DocumentRejected, detail,
            DocumentStore.MarkRejected(job.TenantId, versionId, violations),
            job.Event(
                EventTypes.DocumentVersionRejected, versionId, ("violations", violations.Count), ("detail", detail)));

    /// <summary>The version was rejected before: the job says so again and writes nothing.</summary>
    public static JobOutcome AlreadyRejected(Guid versionId) =>
        new JobOutcome.Fail(
            BpcError.DocumentRejected, $"document version {versionId} is REJECTED; its violations say why");
}
