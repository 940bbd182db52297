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
        var what = new CompileKeys(tenantId, passportId, snapshotId, rulePackageVersionId);
        var source = await compiles.SourceAsync(what, ct);
        if (source.BatteryProductId is null)
        {
            throw new BpcException(BpcError.NotFound, $"passport {passportId} does not exist");
        }

        LoadingSnapshot(snapshotId, source.SnapshotStatus);
        CompilePreconditions.RequireSealed(snapshotId, source.SnapshotStatus);
        LoadingRules(rulePackageVersionId, source.RulesStatus);
        if (CompilePreconditions.RequirePublished(rulePackageVersionId, source.RulesStatus, source.RulesReason)
            is { } warning)
        {
            RulesDeprecated(warning);
        }

        var facts = await snapshots.FactsAsync(tenantId, snapshotId, ct);
        var package = await PackageAsync(what, ct);

        CallingCompiler();
        var input = source.Input(what, Id, facts, source.Now, settings.CompilerBuildId, settings.Limits);
        var made = await cpu.RunAsync(() => PassportCompiler.Compile(package, input), ct);
        Succeeded(
            made.Payload.Length + made.Sections.Values.Sum(s => s.Length), made.Proof.Length, made.Receipt.Length);
        return new Compiled(
            made.Payload, made.PayloadHash, made.Sections.ToDictionary(), made.Proof, made.ProofRootHash,
            made.Receipt, made.ReceiptHash, source.Now, settings.CompilerBuildId);
    }

    public async Task<Signed?> SignAsync(Guid tenantId, CancellationToken ct)
    {
        var version = await HashesAsync(tenantId, ct);
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
        var version = await HashesAsync(tenantId, ct);
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

    private async Task<VersionHashes> HashesAsync(Guid tenantId, CancellationToken ct) =>
        await versions.FindHashesAsync(tenantId, Id, ct) ?? throw NotFound();

    private Task<RulePackage> PackageAsync(CompileKeys what, CancellationToken ct) => packages.GetAsync(
        what.RulePackageVersionId,
        async () => (await rules.FindAsync(what.TenantId, what.RulePackageVersionId, ct))!.DslSource,
        ct);

    private BpcException NotFound() => new(BpcError.NotFound, $"passport version {Id} does not exist");
}
