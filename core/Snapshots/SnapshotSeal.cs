using Bpc.Core.Facts;

namespace Bpc.Core.Snapshots;

/// <summary>A sealed snapshot's canonical bytes (BPC-SNAPSHOT-1) and their SHA-256 in hex.</summary>
public sealed record SealedSnapshot(byte[] Bytes, string Hash);

/// <summary>Seals a set of facts: the canonical list of what went into a compile.</summary>
public static class SnapshotSeal
{
    /// <summary>The bytes for these facts in any order. Two facts of one type and key raise VALIDATION_ERROR with every such pair.</summary>
    public static SealedSnapshot Seal(Guid snapshotId, IEnumerable<Fact> facts) => throw new NotImplementedException();
}
