using System.Globalization;

namespace Bpc.Tests.Rules.Eu;

/// <summary>Holds docs/eu-package.md and the packages together.</summary>
public sealed class EuDocumentTests
{
    private static readonly string s_page =
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "eu-package.md"));

    [Fact]
    public void The_page_counts_the_attributes_as_the_table_has_them()
    {
        foreach (var package in EuPackage.All)
        {
            var counts = AttributeTable.Attributes.CountBy(row => row[$"mandatory_{package.Name}"]).ToDictionary();
            var cells = "MCDOLN".Select(letter => counts.GetValueOrDefault($"{letter}"))
                .Append(package.Tree.Fields.Count).Select(count => count.ToString(CultureInfo.InvariantCulture));
            Assert.Contains($"| {package.Category} | {string.Join(" | ", cells)} |", s_page);
        }
    }

    [Fact]
    public void Every_member_that_a_package_reads_is_on_the_page() =>
        Assert.All(
            EuPackage.All.SelectMany(package => package.Tree.Facts).SelectMany(facts => facts.Members.Members),
            member => Assert.Contains($"| `{member.Name}`", s_page));

    [Fact]
    public void Every_day_from_which_something_deferred_is_due_is_on_the_page() =>
        Assert.All(
            EuPackage.All.SelectMany(package => package.Tree.Fields).SelectMany(field => field.Clauses.Applies)
                .Select(clause => clause.From).OfType<DateOnly>().Distinct(),
            day => Assert.Contains(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), s_page));
}
