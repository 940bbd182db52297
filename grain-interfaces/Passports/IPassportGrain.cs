namespace Bpc.GrainInterfaces.Passports;

/// <summary>One kind of battery (key: battery_product_id).</summary>
[Alias("bpc.IBatteryProductGrain")]
public interface IBatteryProductGrain : IGrainWithGuidKey
{
    [Alias("Create")]
    Task<BatteryProductCreated> CreateAsync(Call call, string sku, string name, string category);
}

/// <summary>
/// The passport of one battery (key: passport_id): which of its versions is ACTIVE is decided here, and by a unique
/// index.
/// </summary>
[Alias("bpc.IPassportGrain")]
public interface IPassportGrain : IGrainWithGuidKey
{
    [Alias("Create")]
    Task<PassportCreated> CreateAsync(Call call, Guid batteryProductId, string serialNumber);

    /// <summary>
    /// Enqueues COMPILE_PASSPORT. SNAPSHOT_NOT_SEALED, RULE_PKG_NOT_PUBLISHED, INVALID_STATE (the rules are RETIRED) or
    /// NOT_FOUND before anything is enqueued.
    /// </summary>
    [Alias("Compile")]
    Task<CompileQueued> CompileAsync(Call call, Guid snapshotId, Guid rulePackageVersionId);

    /// <summary>
    /// Makes a SIGNED version with a QR code ACTIVE and the one before it SUPERSEDED, in one transaction.
    /// </summary>
    [Alias("Activate")]
    Task<PassportVersionState> ActivateAsync(Call call, Guid passportVersionId);
}

[GenerateSerializer, Immutable, Alias("bpc.BatteryProductCreated")]
public sealed record BatteryProductCreated([property: Id(0)] Guid BatteryProductId, [property: Id(1)] string Sku);

[GenerateSerializer, Immutable, Alias("bpc.PassportCreated")]
public sealed record PassportCreated([property: Id(0)] Guid PassportId, [property: Id(1)] string SerialNumber);

/// <summary>The job that compiles; <paramref name="Warning"/> where the rules are DEPRECATED.</summary>
[GenerateSerializer, Immutable, Alias("bpc.CompileQueued")]
public sealed record CompileQueued(
    [property: Id(0)] Guid JobId, [property: Id(1)] string Status, [property: Id(2)] string? Warning);

[GenerateSerializer, Immutable, Alias("bpc.PassportVersionState")]
public sealed record PassportVersionState([property: Id(0)] Guid PassportVersionId, [property: Id(1)] string Status);
