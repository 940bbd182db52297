namespace Bpc.GrainInterfaces.Snapshots;

/// <summary>
/// One snapshot (key: snapshot_id): facts are added while it is BUILDING or READY, then it is sealed for ever.
/// </summary>
[Alias("bpc.ISnapshotGrain")]
public interface ISnapshotGrain : IGrainWithGuidKey
{
    /// <summary>The most facts one call may add.</summary>
    const int MaxFactsPerCall = 5_000;

    [Alias("Create")]
    Task<SnapshotState> CreateAsync(Call call, string? label);

    /// <summary>
    /// Adds facts (adding one twice is no error) and enqueues BUILD_SNAPSHOT. SNAPSHOT_SEALED; NOT_FOUND names the
    /// facts.
    /// </summary>
    [Alias("AddItems")]
    Task<SnapshotState> AddItemsAsync(Call call, IReadOnlyList<Guid> factIds);

    /// <summary>
    /// Computes and stores the canonical bytes, hash and secret. Sealing again answers the same hash.
    /// </summary>
    [Alias("Seal")]
    Task<SnapshotState> SealAsync(Call call, CancellationToken ct);
}

/// <param name="Items">How many facts the snapshot holds.</param>
[GenerateSerializer, Immutable, Alias("bpc.SnapshotState")]
public sealed record SnapshotState(
    [property: Id(0)] Guid SnapshotId, [property: Id(1)] string Status, [property: Id(2)] string? SnapshotHash,
    [property: Id(3)] int Items);
