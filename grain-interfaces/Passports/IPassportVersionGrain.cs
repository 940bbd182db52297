using Orleans.Concurrency;

namespace Bpc.GrainInterfaces.Passports;

/// <summary>
/// One version of a passport (key: passport_version_id). It owns compile → sign → QR: each step reads, calls one pure
/// function and returns what was made; the job that asked commits it under its own fence, together with the next job
/// and the event.
/// </summary>
[Alias("bpc.IPassportVersionGrain")]
public interface IPassportVersionGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Compiles. SNAPSHOT_NOT_SEALED, RULE_PKG_NOT_PUBLISHED, INVALID_STATE, NOT_FOUND, and the rules' own errors.
    /// </summary>
    [Alias("Compile"), ResponseTimeout("00:02:00")] // as long as its job may run
    Task<Compiled> CompileAsync(
        Guid tenantId, Guid passportId, Guid snapshotId, Guid rulePackageVersionId, CancellationToken ct);

    /// <summary>Signs the receipt hash; null when an earlier attempt already did. SIGNING_KEY_MISSING.</summary>
    [Alias("Sign"), ResponseTimeout("00:01:00")]
    Task<Signed?> SignAsync(Guid tenantId, CancellationToken ct);

    /// <summary>Makes the QR text and picture; null when an earlier attempt already did.</summary>
    [Alias("MakeQr"), ResponseTimeout("00:01:00")]
    Task<QrMade?> MakeQrAsync(Guid tenantId, CancellationToken ct);

    /// <summary>SIGNED, ACTIVE or SUPERSEDED → REVOKED, for a stated reason.</summary>
    [Alias("Revoke")]
    Task<PassportVersionState> RevokeAsync(Call call, string reason);

    /// <summary>
    /// Recompiles the stored version and compares all bytes and the signature. It only reads, and holds up no other
    /// call while it waits for its turn.
    /// </summary>
    [Alias("Replay"), AlwaysInterleave]
    Task<Replayed> ReplayAsync(Call call, CancellationToken ct);
}

/// <summary>Canonical bytes of one compile, with their hashes in hex; <paramref name="Sections"/> by name.</summary>
[GenerateSerializer, Immutable, Alias("bpc.Compiled")]
public sealed record Compiled(
    [property: Id(0)] byte[] Payload, [property: Id(1)] string PayloadHash,
    [property: Id(2)] IReadOnlyDictionary<string, byte[]> Sections,
    [property: Id(3)] byte[] Proof, [property: Id(4)] string ProofRootHash, [property: Id(5)] byte[] Receipt,
    [property: Id(6)] string ReceiptHash, [property: Id(7)] DateTime IssuedAt,
    [property: Id(8)] string CompilerBuildId);

[GenerateSerializer, Immutable, Alias("bpc.Signed")]
public sealed record Signed(
    [property: Id(0)] byte[] Signature, [property: Id(1)] string KeyId, [property: Id(2)] byte[] PublicKey);

[GenerateSerializer, Immutable, Alias("bpc.QrMade")]
public sealed record QrMade([property: Id(0)] string Payload, [property: Id(1)] byte[] Png);

/// <param name="Difference">The first difference, or null where the replay gave the same bytes.</param>
[GenerateSerializer, Immutable, Alias("bpc.Replayed")]
public sealed record Replayed(
    [property: Id(0)] bool Identical, [property: Id(1)] string? Difference, [property: Id(2)] string? Stored,
    [property: Id(3)] string? Recompiled);
