using Bpc.Core.Canonical;
using Bpc.Core.Facts;

namespace Bpc.Core.Snapshots;

/// <summary>A sealed snapshot's canonical bytes (BPC-SNAPSHOT-1) and their SHA-256 in hex.</summary>
public sealed record SealedSnapshot(byte[] Bytes, string Hash);

/// <summary>Seals a set of facts: the canonical list of what went into a compile.</summary>
public static class SnapshotSeal
{
    private const string Version = "BPC-SNAPSHOT-1";

    /// <summary>
    /// The bytes for these facts in any order. Two facts of one type and key raise VALIDATION_ERROR with every such
    /// pair.
    /// </summary>
    public static SealedSnapshot Seal(Guid snapshotId, IEnumerable<Fact> facts)
    {
        var ordered = facts
            .OrderBy(fact => fact.FactType, StringComparer.Ordinal)
            .ThenBy(fact => fact.FactKey, StringComparer.Ordinal)
            .ThenBy(fact => fact.PayloadHash, StringComparer.Ordinal)
            .ToList();
        RefuseDuplicates(ordered);

        var bytes = CanonicalJson.Write(JsonValue.Object(
            ("snapshot_version", Version),
            ("snapshot_id", snapshotId.ToString("D")),
            ("facts", JsonValue.Array(ordered.Select(Entry)))));
        return new(bytes, CanonicalJson.HashHex(bytes));
    }

    private static JsonValue Entry(Fact fact) => JsonValue.Object(
        ("fact_type", fact.FactType), ("fact_key", fact.FactKey), ("payload_hash", fact.PayloadHash));

    private static void RefuseDuplicates(List<Fact> ordered)
    {
        var pairs = ordered.Zip(ordered.Skip(1))
            .Where(pair => (pair.First.FactType, pair.First.FactKey) == (pair.Second.FactType, pair.Second.FactKey))
            .Select(pair => new Violation($"{pair.First.FactType} {pair.First.FactKey}",
                $"two facts have this type and key: {pair.First.PayloadHash} and {pair.Second.PayloadHash}; keep one"))
            .ToList();
        if (pairs.Count > 0)
        {
            var detail = string.Join("; ", pairs.Select(pair => $"{pair.Where}: {pair.Message}"));
            throw new BpcException(BpcError.Validation, detail, pairs);
        }
    }
}
