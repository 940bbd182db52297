using Bpc.Core.Canonical;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Passports;

/// <summary>SIGN_PASSPORT: the version becomes SIGNED; then it is to get its QR code.</summary>
internal sealed partial class SignPassportHandler(IGrainFactory grains, ILogger<SignPassportHandler> log) : IJobHandler
{
    public string Type => JobTypes.SignPassport;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(1);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var id = JobPayload.Of(job).Id("passport_version_id");
        JobScopeFilter.Carry(job);
        if (await grains.GetGrain<IPassportVersionGrain>(id).SignAsync(job.TenantId, ct) is not { } signed)
        {
            return new JobOutcome.Succeed(JsonValue.Object(("skipped", $"passport version {id} was signed before")));
        }

        var qrJob = Guid.CreateVersion7();
        VersionUpdated();
        EnqueuedQr(qrJob);
        return new JobOutcome.Succeed(
            JsonValue.Object(("signing_key_id", signed.KeyId)),
            PassportVersionStore.MarkSigned(job.TenantId, id, signed),
            job.Event(EventTypes.PassportVersionSigned, id, ("signing_key_id", signed.KeyId)),
            job.Next(qrJob, JobTypes.GenerateQr, id, ("passport_version_id", id.ToString())));
    }

    [LoggerMessage(LogLevel.Information, "PassportVersion updated: status=SIGNED")]
    private partial void VersionUpdated();

    [LoggerMessage(LogLevel.Information, "Enqueued GENERATE_QR job: job_id={QrJobId}")]
    private partial void EnqueuedQr(Guid qrJobId);
}
