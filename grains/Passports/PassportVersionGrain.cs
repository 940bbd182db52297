using Bpc.Core;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Qr;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Rules;
using Bpc.Core.Settings;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Rules;
using Bpc.Grains.Snapshots;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Bpc.Grains.Passports;

/// <summary>
/// One version of a passport. It makes what its jobs commit, on the silo whose job asks; it keeps nothing between
/// calls.
/// </summary>
[PreferLocalPlacement]
internal sealed partial class PassportVersionGrain(
    BpcSettings settings, Transactions transactions, PassportVersionStore versions, CompileStore compiles,
    SnapshotStore snapshots, RuleStore rules, RulePackageCache packages, SigningKeys keys, PassportReplay replay,
    ReplayTurns replays, CpuPool cpu, ILogger<PassportVersionGrain> log)
    : Grain, IPassportVersionGrain
{
    private Guid Id => this.GetPrimaryKey();

    public async Task<Compiled> CompileAsync(
        Guid tenantId, Guid passportId, Guid snapshotId, Guid rulePackageVersionId, CancellationToken ct)
    {
        var ids = new CompileIds(tenantId, passportId, snapshotId, rulePackageVersionId);
        var row = await compiles.RowAsync(ids, ct);
        if (row.BatteryProductId is null)
        {
            throw new BpcException(BpcError.NotFound, $"passport {passportId} does not exist");
        }

        LoadingSnapshot(snapshotId, row.SnapshotStatus);
        CompilePreconditions.RequireSealed(snapshotId, row.SnapshotStatus);
        LoadingRules(rulePackageVersionId, row.RulesStatus);
        if (CompilePreconditions.RequirePublished(rulePackageVersionId, row.RulesStatus, row.RulesReason)
            is { } warning)
        {
            RulesDeprecated(warning);
        }

        var facts = await snapshots.FactsAsync(tenantId, snapshotId, ct);
        var package = await PackageAsync(ids, ct);

        CallingCompiler();
        var input = row.Input(ids, Id, facts, row.Now, settings.CompilerBuildId, settings.Limits);
        var made = await cpu.RunAsync(() => PassportCompiler.Compile(package, input), ct);
        Succeeded(
            made.Payload.Length + made.Sections.Values.Sum(s => s.Length), made.Proof.Length, made.Receipt.Length);
        return new Compiled(
            made.Payload, made.PayloadHash, made.Sections.ToDictionary(), made.Proof, made.ProofRootHash,
            made.Receipt, made.ReceiptHash, row.Now, settings.CompilerBuildId);
    }

    public async Task<Signed?> SignAsync(Guid tenantId, CancellationToken ct)
    {
        var version = await ProgressAsync(tenantId, ct);
        LoadingVersion(Id, version.Status);
        if (version.Status != "COMPILING")
        {
            return null;
        }

        var signer = await keys.SignerAsync(ct);
        Signing();
        var signature = await cpu.RunAsync(() => signer.Sign(SignableReceipt.Of(version.Receipt)), ct);
        SignatureComputed(signature.KeyId);
        return new Signed(signature.Signature, signature.KeyId, signature.PublicKey);
    }

    public async Task<QrMade?> MakeQrAsync(Guid tenantId, CancellationToken ct)
    {
        DeactivateOnIdle(); // the last step of its making: thousands of finished versions would only wait in memory
        var version = await ProgressAsync(tenantId, ct);
        if (version.Status == "COMPILING")
        {
            throw new BpcException(
                BpcError.InvalidState, $"passport version {Id} is not signed yet; its code names what is signed");
        }

        if (version.HasQr)
        {
            return null;
        }

        BuildingQr();
        var text = QrCode.Payload(Id, version.PayloadHash, version.ProofRootHash, version.ReceiptHash);
        QrText(text);
        GeneratingPng();
        var png = await cpu.RunAsync(() => QrCode.Png(text), ct);
        QrGenerated(png.Length);
        return new QrMade(text, png);
    }

    public Task<PassportVersionState> RevokeAsync(Call call, string reason)
    {
        new InputCheck().Text("/reason", reason, 2000).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            var status = await PassportVersionStore.LockStatusAsync(tx, Id) ?? throw NotFound();
            if (status is not ("SIGNED" or "ACTIVE" or "SUPERSEDED"))
            {
                throw new BpcException(
                    BpcError.InvalidState,
                    $"passport version {Id} is {status}; SIGNED, ACTIVE and SUPERSEDED ones can be revoked");
            }

            await tx.WriteAsync(
                PassportVersionStore.Revoke(tx.TenantId, Id, reason),
                tx.Event(EventTypes.PassportVersionRevoked, Id, ("reason", reason), ("was", status)));
            return new PassportVersionState(Id, "REVOKED");
        });
    }

    public async Task<Replayed> ReplayAsync(Call call, CancellationToken ct)
    {
        using var turn = await replays.EnterAsync(ct);
        return await replay.RunAsync(call.TenantId, Id, ct);
    }

    private async Task<VersionProgress> ProgressAsync(Guid tenantId, CancellationToken ct) =>
        await versions.FindProgressAsync(tenantId, Id, ct) ?? throw NotFound();

    private Task<RulePackage> PackageAsync(CompileIds ids, CancellationToken ct) => packages.GetAsync(
        ids.RulePackageVersionId,
        async () => (await rules.FindAsync(ids.TenantId, ids.RulePackageVersionId, ct))!.DslSource,
        ct);

    private BpcException NotFound() => new(BpcError.NotFound, $"passport version {Id} does not exist");
}
