using Bpc.Core.Rules.Syntax;
using Bpc.Core.Rules.Tests;

namespace Bpc.Core.Rules;

/// <summary>One example or property case that failed, shrunk where it is a property's.</summary>
public sealed record RuleTestFailure(string Test, string Case, string Expected, string Actual);

/// <summary>What a run of a package's own tests found.</summary>
/// <param name="Cases">Distinct inputs that were run.</param>
/// <param name="Failures">The first of each test, shrunk.</param>
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

    /// <summary>
    /// Runs all tests of <paramref name="testsSource"/> and those in the package itself; a source that does not parse
    /// raises as <see cref="RulePackage.Compile"/> does. Properties draw from their own seed and from
    /// <paramref name="seed"/>.
    /// </summary>
    public static RuleTestReport Run(RulePackage package, string testsSource, long seed, CancellationToken ct)
    {
        var tests = Read(package, testsSource);
        var run = new TestRun(package.Plan, seed, ct);
        foreach (var test in package.Tests.Concat(tests))
        {
            run.Add(test);
        }

        return run.Report();
    }

    /// <summary>
    /// Raises what <see cref="Run"/> would raise of a source that does not parse or check; runs nothing.
    /// </summary>
    public static void Check(RulePackage package, string testsSource) => Read(package, testsSource);

    private static IReadOnlyList<CompiledTest> Read(RulePackage package, string testsSource)
    {
        var diagnostics = new Diagnostics(new(testsSource));
        var tests = TestChecker.Check(DeclarationParser.Tests(diagnostics).Tests, package.Plan, diagnostics);
        diagnostics.ThrowIfAny();
        return tests;
    }
}
