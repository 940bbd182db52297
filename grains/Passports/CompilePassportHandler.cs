using Bpc.Core.Canonical;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Passports;

/// <summary>
/// COMPILE_PASSPORT: a new version COMPILING with payload, sections, proof and receipt; then it is to be signed.
/// </summary>
internal sealed partial class CompilePassportHandler(
    PassportVersionStore versions, IGrainFactory grains, ILogger<CompilePassportHandler> log) : IJobHandler
{
    public string Type => JobTypes.CompilePassport;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(2);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var payload = JobPayload.Of(job);
        var ids = new CompileIds(
            job.TenantId, payload.Id("passport_id"), payload.Id("snapshot_id"), payload.Id("rule_package_version_id"));
        if (await versions.FindByCompileJobAsync(job.TenantId, job.JobId, ct) is { } earlier)
        {
            return Done(earlier);
        }

        var (id, signJob) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        JobScopeFilter.Carry(job);
        var compiled = await grains.GetGrain<IPassportVersionGrain>(id)
            .CompileAsync(ids.TenantId, ids.PassportId, ids.SnapshotId, ids.RulePackageVersionId, ct);
        VersionCreated(id);
        EnqueuedSign(signJob);
        return Done(
            id,
            PassportVersionStore.Insert(id, ids, job.JobId, compiled),
            PassportVersionStore.InsertSections(job.TenantId, id, compiled.Sections),
            job.Event(EventTypes.PassportVersionCompiled, id,
                ("passport_id", ids.PassportId.ToString()), ("payload_hash", compiled.PayloadHash),
                ("proof_root_hash", compiled.ProofRootHash), ("receipt_hash", compiled.ReceiptHash)),
            job.Next(signJob, JobTypes.SignPassport, id, ("passport_version_id", id.ToString())));
    }

    private static JobOutcome.Succeed Done(Guid versionId, params IReadOnlyList<Storage.Write> writes) =>
        new(JsonValue.Object(("passport_version_id", versionId.ToString())), writes);

    [LoggerMessage(LogLevel.Information, "PassportVersion created: pv_id={PassportVersionId}, status=COMPILING")]
    private partial void VersionCreated(Guid passportVersionId);

    [LoggerMessage(LogLevel.Information, "Enqueued SIGN_PASSPORT job: job_id={SignJobId}")]
    private partial void EnqueuedSign(Guid signJobId);
}
