using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Verifying;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Passports;

/// <summary>EXPORT_PASSPORT: the bundle an auditor verifies offline, stored once per job.</summary>
internal sealed class ExportPassportHandler(PassportVersionStore versions, ExportStore exports, CpuPool cpu)
    : IJobHandler
{
    public string Type => JobTypes.ExportPassport;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(2);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var payload = JobPayload.Of(job);
        var id = payload.Id("passport_version_id");
        if (payload.Text("format") is var format and not "bundle")
        {
            throw new BpcException(BpcError.JobPayloadInvalid, $"payload.format is '{format}'; only bundle is known");
        }

        if (await exports.FindByJobAsync(job.TenantId, job.JobId, ct) is { } earlier)
        {
            return Done(earlier);
        }

        var stored = await versions.GetFinishedAsync(job.TenantId, id, "export", ct);
        var bundle = await cpu.RunAsync(() => Bundle.Write(stored.Passport), ct);
        var (export, sha256) = (Guid.CreateVersion7(), CanonicalJson.HashHex(bundle));
        return Done(
            new StoredExport(export, bundle.Length),
            ExportStore.Insert(job.TenantId, export, id, job.JobId, bundle, sha256),
            job.Event(EventTypes.PassportVersionExported, id, ("export_id", export.ToString()), ("sha256", sha256)));
    }

    private static JobOutcome.Succeed Done(StoredExport export, params IReadOnlyList<Storage.Write> writes) =>
        new(JsonValue.Object(("export_id", export.ExportId.ToString()), ("bytes", export.Bytes)), writes);
}
