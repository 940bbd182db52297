using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Passports;

/// <summary>The passport of one battery: asks for its versions and decides which of them is ACTIVE.</summary>
internal sealed class PassportGrain(Transactions transactions) : Grain, IPassportGrain
{
    private Guid Id => this.GetPrimaryKey();

    public Task<PassportCreated> CreateAsync(Call call, Guid batteryProductId, string serialNumber)
    {
        new InputCheck().Text("/serial_number", serialNumber, 100).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            if (!await PassportStore.ProductExistsAsync(tx, batteryProductId))
            {
                throw new BpcException(BpcError.NotFound, $"battery product {batteryProductId} does not exist");
            }

            if (await PassportStore.TakeSerialNumberAsync(tx, Id, batteryProductId, serialNumber) is { } existing)
            {
                throw new BpcException(
                    BpcError.InvalidState,
                    $"the battery with serial number '{serialNumber}' has a passport: {existing}");
            }

            await tx.WriteAsync(tx.Event(EventTypes.PassportCreated, Id,
                ("battery_product_id", batteryProductId.ToString()), ("serial_number", serialNumber)));
            return new PassportCreated(Id, serialNumber);
        });
    }

    public Task<CompileQueued> CompileAsync(Call call, Guid snapshotId, Guid rulePackageVersionId) =>
        transactions.RunAsync(call, async tx =>
        {
            var readiness = await PassportStore.CompileReadinessAsync(tx, Id, snapshotId, rulePackageVersionId);
            if (!readiness.HasPassport)
            {
                throw new BpcException(BpcError.NotFound, $"passport {Id} does not exist");
            }

            CompilePreconditions.RequireSealed(snapshotId, readiness.SnapshotStatus);
            var warning = CompilePreconditions.RequirePublished(
                rulePackageVersionId, readiness.RulesStatus, readiness.RulesReason);
            var job = Guid.CreateVersion7();
            await tx.WriteAsync(
                tx.Job(job, JobTypes.CompilePassport, null,
                    ("passport_id", Id.ToString()), ("snapshot_id", snapshotId.ToString()),
                    ("rule_package_version_id", rulePackageVersionId.ToString())),
                // The job appends its own as job:…; this one says who asked for it.
                tx.Event(EventTypes.PassportCompileRequested, Id, ("job_id", job.ToString()),
                    ("snapshot_id", snapshotId.ToString()),
                    ("rule_package_version_id", rulePackageVersionId.ToString())));
            return new CompileQueued(job, "QUEUED", warning);
        });

    public Task<PassportVersionState> ActivateAsync(Call call, Guid passportVersionId) =>
        transactions.RunAsync(call, async tx =>
        {
            var version = await PassportStore.LockForActivationAsync(tx, Id, passportVersionId)
                ?? throw new BpcException(BpcError.NotFound, $"passport version {passportVersionId} does not exist");
            var state = new PassportVersionState(passportVersionId, "ACTIVE");
            switch (version)
            {
                case { Status: "ACTIVE" }: return state;
                case { Status: not "SIGNED" }:
                    throw new BpcException(
                        BpcError.InvalidState,
                        $"passport version {passportVersionId} is {version.Status}; a SIGNED one can be activated");
                case { HasQr: false }:
                    throw new BpcException(
                        BpcError.InvalidState,
                        $"passport version {passportVersionId} has no QR code yet; its GENERATE_QR job makes it");
            }

            // The old one first: the index allows one ACTIVE version at every moment.
            if (await PassportStore.SupersedeAsync(tx, Id, passportVersionId) is { } superseded)
            {
                await tx.WriteAsync(tx.Event(
                    EventTypes.PassportVersionSuperseded, superseded, ("superseded_by", passportVersionId.ToString())));
            }

            await tx.WriteAsync(
                PassportStore.Activate(tx.TenantId, passportVersionId),
                tx.Event(EventTypes.PassportVersionActivated, passportVersionId, ("passport_id", Id.ToString())));
            return state;
        });
}
