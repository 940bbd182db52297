using System.Globalization;
using System.Text.RegularExpressions;
using Bpc.Core.Rules.Syntax;
using Bpc.Core.Rules.Types;

namespace Bpc.Tests.Rules.Eu;

/// <summary>Holds the packages and rules/data/*.csv together, in both directions.</summary>
public sealed partial class EuAttributeTests
{
    private static readonly DateOnly s_passportsDue = new(2027, 2, 18);

    /// <summary>The names of packages.</summary>
    public static TheoryData<string> Names => EuPackage.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_package_has_the_attributes_of_its_category_and_no_others_as_the_table_has_them(string name)
    {
        var expected = AttributeTable.Attributes.Where(row => row[$"mandatory_{name}"] != "N").Select(row => Line(
            $"{row["section"]}.{row["id"]}", row["type"], row["unit"], Audience(row["access"]), row["source"],
            AttributeTable.Letter(row, name) is "L" ? "O" : AttributeTable.Letter(row, name)));
        var actual = EuPackage.Of(name).Tree.Fields.Select(field => Line(
            field.Path, Kind(field), UnitOf(field.Type), field.Clauses.Access, field.Clauses.Cites, Duty(field)));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_data_point_of_the_commission_is_marked_at_its_attributes_with_its_audience_and_duty(string name)
    {
        var expected = AttributeTable.DataPoints.Where(point => point[$"{name}_v2"] != "N").SelectMany(point =>
            point["attribute_ids"].Split('|').Select(id =>
                $"{id}: DP {point["dp"]}, {Audience(point["access_art77"])}, {point[$"{name}_v2"]}"));
        var actual = EuPackage.Of(name).Tree.Fields.SelectMany(field =>
            DataPoint().Matches(field.Clauses.Cites!).Select(match =>
                $"{field.Path.Split('.')[^1]}: DP {match.Groups[1].Value}, {field.Clauses.Access}, {Duty(field)}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_71_data_points_are_in_a_package_but_the_two_that_nobody_fills()
    {
        var marked = EuPackage.All.SelectMany(package => package.Tree.Fields)
            .SelectMany(field => DataPoint().Matches(field.Clauses.Cites!).Select(match => match.Groups[1].Value))
            .Select(point => int.Parse(point, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 71).Except([16, 25]), marked.Distinct().Order());
    }

    private static string Line(params string?[] columns) => string.Join(" | ", columns);

    private static string Audience(string access) =>
        access == "legitimate_interest+authorities" ? "restricted" : access;

    /// <summary>
    /// The table's letter for an applicability: due with the first passports, due under a condition, deferred, or never
    /// (O, and L, which the table has for what a standard alone asks for).
    /// </summary>
    private static string Duty(FieldDeclaration field) => field.Clauses.Applies switch
    {
        [] when field.Type is not RuleType.Opt => "M",
        [{ From: null, When: Expr.Bool { Value: false } }] => "O",
        [{ From: { } day }] when day > s_passportsDue => "D",
        [{ From: { } day, When: null }] when day == s_passportsDue => "M",
        [{ From: { } day, When: not null }] when day == s_passportsDue => "C",
        var clauses => $"no letter for {clauses.Count} clauses",
    };

    /// <summary>The table's type, where the field's type is one it may have; else the field's.</summary>
    private static string Kind(FieldDeclaration field)
    {
        var written = AttributeTable.Attributes.FirstOrDefault(row => row["id"] == field.Path.Split('.')[^1])?["type"];
        var type = field.Type is RuleType.Opt opt ? opt.Inner : field.Type;
        return written is not null && Fits(written, type) ? written : type.ToString();
    }

    private static bool Fits(string written, RuleType type) => written switch
    {
        "decimal" => type is RuleType.Qty { Scale: > 0 },
        "integer" => type is RuleType.Qty { Scale: 0 },
        "decimal[]" => type is RuleType.List { Item: RuleType.Qty { Scale: > 0 } },
        "uri|bool" => type is RuleType.Bool,
        "object" => type is RuleType.Record,
        "document" => type is RuleType.Record record && record["url"] is RuleType.Text,
        "document[]" => type is RuleType.List list && Fits("document", list.Item),
        "object[]" or "document|object[]" or "series" => type is RuleType.List { Item: RuleType.Record },
        "string[]" or "enum[]" or "uri[]" => type is RuleType.List { Item: RuleType.Text },
        "string" or "uri" or "enum" or "string|uri" or "uri|string" or "date(YYYY-MM)" or "dateTime" =>
            type is RuleType.Text,
        _ => false,
    };

    private static string UnitOf(RuleType type) => type switch
    {
        RuleType.Qty quantity => quantity.Unit.Text,
        RuleType.Opt opt => UnitOf(opt.Inner),
        RuleType.List list => UnitOf(list.Item),
        RuleType.Record record => record.Members.Select(member => UnitOf(member.Type)).FirstOrDefault(u => u != "", ""),
        _ => "",
    };

    [GeneratedRegex(@"EC guidance DP (\d+)")]
    private static partial Regex DataPoint();
}
