using Bpc.Core;

namespace Bpc.Grains.Passports;

/// <summary>
/// What a compile needs, asked twice: before the job is enqueued, and by the job itself, which may have come into the
/// table by SQL.
/// </summary>
internal static class CompilePreconditions
{
    public static void RequireSealed(Guid snapshotId, string? status)
    {
        switch (status)
        {
            case null:
                throw new BpcException(BpcError.NotFound, $"snapshot {snapshotId} does not exist");
            case not "SEALED":
                throw new BpcException(
                    BpcError.SnapshotNotSealed, $"snapshot {snapshotId} is {status}; seal it before compiling");
        }
    }

    /// <summary>Null, or a warning for the caller: the version is DEPRECATED.</summary>
    public static string? RequirePublished(Guid rulePackageVersionId, string? status, string? reason)
    {
        var version = $"rule package version {rulePackageVersionId}";
        reason ??= "no reason was given";
        return status switch
        {
            "PUBLISHED" => null,
            "DEPRECATED" => $"{version} is DEPRECATED: {reason}",
            null => throw new BpcException(BpcError.NotFound, $"{version} does not exist"),
            // Not RULE_PKG_NOT_PUBLISHED, after which a job tries again: it will never be published again.
            "RETIRED" => throw new BpcException(
                BpcError.InvalidState, $"{version} is RETIRED: {reason}; compile under another"),
            _ => throw new BpcException(
                BpcError.RulePackageNotPublished, $"{version} is {status}; publish it before compiling"),
        };
    }
}
