using Bpc.Core;
using Bpc.Core.Rules;
using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;
using Bpc.Core.Rules.Tests;

namespace Bpc.Tests.Rules.Eu;

/// <summary>Makes every small mistake in a package, one at a time, and sees whether its own tests notice.</summary>
public sealed class EuMutationTests(ITestOutputHelper output)
{
    // Seven is no divisor of how often a kind of mistake recurs, so that the sample has some of each.
    private static readonly int s_every = Environment.GetEnvironmentVariable("RULE_MUTANTS") == "all" ? 1 : 7;

    /// <summary>The names of packages.</summary>
    public static TheoryData<string> Names => EuPackage.Names;

    /// <summary>A sample of the mistakes; <c>bench/rule-mutants.sh</c> makes all of them.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_field_left_out_a_comparison_flipped_a_day_moved_or_a_condition_forgotten_fails_a_case(string name)
    {
        var package = EuPackage.Of(name);
        var mutants = Mutant.Of(package.Source);
        Assert.True(mutants.Count > 300, $"only {mutants.Count} mutants");
        Assert.False(Notices(new("nothing is changed", package.Source), package.Tests));

        var made = mutants.Where((_, i) => i % s_every == 0).ToList();
        var survivors = Survivors(package, made);
        output.WriteLine($"{name}: {made.Count - survivors.Count} of {made.Count} mutants fail a case");
        Assert.Empty(survivors);
    }

    private static List<string> Survivors(EuPackage package, IEnumerable<Mutant> mutants)
    {
        var tests = package.Tests;
        return [.. mutants.AsParallel().Where(mutant => !Notices(mutant, tests)).Select(mutant => mutant.What)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Examples first: they are few, and nearly every mistake is seen by one of them.</summary>
    private static bool Notices(Mutant mutant, string tests)
    {
        try
        {
            var package = RulePackage.Compile(mutant.Source);
            var diagnostics = new Diagnostics(new(tests));
            var compiled = TestChecker.Check(
                DeclarationParser.Tests(diagnostics).Tests, package.Plan, diagnostics);
            diagnostics.ThrowIfAny();
            var coverage = new Coverage(package.Plan.Symbols.Branches.Count);
            return compiled.Where(test => test.Domains.Count == 0)
                    .Any(example => example.Run(package.Plan, example.InputOf([]), [], coverage) is not null)
                || RuleTests.Run(package, tests, 0, TestContext.Current.CancellationToken).Failed > 0;
        }
        catch (BpcException) when (mutant.LeavesOut)
        {
            // Another field, a check or a test names what is no longer there.
            return true;
        }
    }
}
