using System.Text.RegularExpressions;
using Bpc.Core.Rules;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules.Eu;

/// <summary>The packages' own tests, their layout, and what keeps the three together.</summary>
public sealed partial class EuPackageTests
{
    /// <summary>The names of packages.</summary>
    public static TheoryData<string> Names => EuPackage.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_tests_pass_with_enough_distinct_cases_and_reach_every_field_and_branch(string name)
    {
        var package = EuPackage.Of(name);
        var report = RuleTests.Run(
            RulePackage.Compile(package.Source), package.Tests, 0, TestContext.Current.CancellationToken);
        Assert.Empty(report.Failures.Select(f => $"{f.Test} ({f.Case}): {f.Expected}, but {f.Actual}"));
        Assert.True(report.Cases >= RuleTests.MinimumCases, $"{report.Cases} cases");
        Assert.Empty(report.UnreachedFields);
        Assert.Empty(report.UnreachedBranches);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_and_its_tests_are_laid_out_as_the_formatter_lays_them_out(string name)
    {
        var package = EuPackage.Of(name);
        Assert.Equal(package.Source, RuleFormatter.Format(package.Source));
        Assert.Equal(package.Tests, RuleFormatter.Format(package.Tests));
    }

    /// <summary>
    /// What two packages have in common is written twice, on purpose; this is what notices when only one is amended.
    /// </summary>
    [Fact]
    public void What_packages_share_is_written_the_same_in_each_but_for_when_it_applies()
    {
        var written = EuPackage.All.SelectMany(package => Declarations(package)
            .Select(declared => (declared.Name, Text: declared.Text.Replace(package.Category, "CATEGORY"), package)));
        foreach (var shared in written.GroupBy(declared => declared.Name))
        {
            Assert.Single(shared.Select(declared => declared.Text).Distinct());
        }
    }

    private static IEnumerable<(string Name, string Text)> Declarations(EuPackage package)
    {
        var (source, tree) = (package.Source, package.Tree);
        var members = tree.Facts.SelectMany(facts => facts.Members!.Members.Select(member =>
            ($"{facts.FactType}.{member.Name}", member.Type.ToString())));
        var blocks = source.Split("\n\n").Select(block => block.Trim())
            .Select(block => (Declared: Declaration().Match(block), block)).Where(b => b.Declared.Success)
            .Select(b => (b.Declared.Groups[2].Value, WithoutApplies(b.block[b.Declared.Index..])));
        var lets = tree.Lets.Select(let => (let.Variable.Name, Text(source, let.Value)));
        return [.. members, .. blocks, .. lets];
    }

    private static string WithoutApplies(string declaration) =>
        Blanks().Replace(Applies().Replace(declaration, " "), " ");

    private static string Text(string source, Expr expression) =>
        source.Substring(expression.At.Start, expression.At.Length);

    [GeneratedRegex(@"^(field|check) ([a-z_.]+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\sapplies\s.*?(?=\s+cites )", RegexOptions.Singleline)]
    private static partial Regex Applies();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
