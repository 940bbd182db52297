using Bpc.Core.Canonical;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Passports;

/// <summary>GENERATE_QR: the verification code's text and picture; the version stays SIGNED.</summary>
internal sealed class GenerateQrHandler(IGrainFactory grains) : IJobHandler
{
    public string Type => JobTypes.GenerateQr;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(1);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var id = JobPayload.Of(job).Id("passport_version_id");
        JobScopeFilter.Carry(job);
        return await grains.GetGrain<IPassportVersionGrain>(id).MakeQrAsync(job.TenantId, ct) is { } qr
            ? new JobOutcome.Succeed(
                JsonValue.Object(("bytes", qr.Png.Length)),
                PassportVersionStore.StoreQr(job.TenantId, id, qr),
                job.Event(EventTypes.PassportVersionQrGenerated, id, ("qr_payload", qr.Payload)))
            : new JobOutcome.Succeed(JsonValue.Object(("skipped", $"passport version {id} has its QR code")));
    }
}
