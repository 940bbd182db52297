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

    public static void RequirePublished(Guid rulePackageVersionId, string? status)
    {
        switch (status)
        {
            case null:
                throw new BpcException(
                    BpcError.NotFound, $"rule package version {rulePackageVersionId} does not exist");
            case not "PUBLISHED":
                throw new BpcException(
                    BpcError.RulePackageNotPublished,
                    $"rule package version {rulePackageVersionId} is {status}; publish it before compiling");
        }
    }
}
