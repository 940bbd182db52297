using System.Globalization;
using System.Text.Json.Nodes;
using Bpc.Core.Rules.Types;

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
            var counts = AttributeTable.Attributes.CountBy(row => AttributeTable.Letter(row, package.Name))
                .ToDictionary();
            var cells = "MCDOLN".Select(letter => counts.GetValueOrDefault($"{letter}"))
                .Append(package.Tree.Fields.Count).Select(count => count.ToString(CultureInfo.InvariantCulture));
            Assert.Contains($"| {package.Category} | {string.Join(" | ", cells)} |", s_page);
        }
    }

    [Fact]
    public void Every_member_that_a_package_reads_is_on_the_page() =>
        Assert.All(
            EuPackage.All.SelectMany(package => package.Tree.Facts).SelectMany(facts => facts.Members!.Members),
            member => Assert.Contains($"| `{member.Name}`", s_page));

    /// <summary>So an upload is refused with all that is wrong, instead of a compile with the first of it.</summary>
    [Theory]
    [InlineData("Battery", "bom.json", "battery")]
    [InlineData("Item", "items.json", "item")]
    [InlineData("PCF", "pcf.json", null)]
    public void What_a_package_reads_as_number_flag_or_day_the_schema_checks(
        string type, string file, string? definition)
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "schemas", file)))!;
        var named = (definition is null ? schema : schema["$defs"]![definition]!)["properties"]!.AsObject();
        var read = EuPackage.All.SelectMany(package => package.Tree.Facts).Where(facts => facts.FactType == type)
            .SelectMany(facts => facts.Members!.Members)
            .Where(m => m.Type is RuleType.Opt
            { Inner: RuleType.Qty or RuleType.Dec or RuleType.Bool or RuleType.Date });
        Assert.All(read, member => Assert.Contains(member.Name, named));
    }

    [Fact]
    public void Every_day_from_which_something_deferred_is_due_is_on_the_page() =>
        Assert.All(
            EuPackage.All.SelectMany(package => package.Tree.Fields).SelectMany(field => field.Clauses.Applies)
                .Select(clause => clause.From).OfType<DateOnly>().Distinct(),
            day => Assert.Contains(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), s_page));
}
