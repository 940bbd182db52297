namespace Bpc.Core.Rules;

/// <summary>One example or property case that failed, shrunk where it is a property's.</summary>
public sealed record RuleTestFailure(string Test, string Case, string Expected, string Actual);

/// <summary>What a run of a package's own tests found.</summary>
/// <param name="Cases">Distinct inputs that were run.</param>
/// <param name="UnreachedFields">Paths of fields no case gave a value.</param>
/// <param name="UnreachedBranches">Branches no case took, as <c>line 3, column 7: then</c>.</param>
public sealed record RuleTestReport(
    int Cases, int Failed, long Seed, IReadOnlyList<RuleTestFailure> Failures,
    IReadOnlyList<string> UnreachedFields, IReadOnlyList<string> UnreachedBranches);

/// <summary>Runs the examples and seeded properties of a package.</summary>
public static class RuleTests
{
    /// <summary>How many distinct cases a package must pass before it may be published.</summary>
    public const int MinimumCases = 500;

    /// <summary>Runs all tests of <paramref name="testsSource"/>; a source that does not parse raises as <see cref="RulePackage.Compile"/> does.</summary>
    public static RuleTestReport Run(RulePackage package, string testsSource, long seed, CancellationToken ct) =>
        throw new NotImplementedException();
}
