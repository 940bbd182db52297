using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Rules;

namespace Bpc.Tests.Rules;

/// <summary>Runs every snippet of docs/rules-language.md.</summary>
public sealed class ReferenceTests
{
    private static readonly string s_page =
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules-language.md"));

    [Fact]
    public void Packages_and_tests_of_the_reference_compile_and_pass()
    {
        var package = RulePackage.Compile(Assert.Single(Snippets("bpcr")));
        foreach (var tests in Snippets("bpcr-tests"))
        {
            Assert.Empty(RuleTests.Run(package, tests, 0, TestContext.Current.CancellationToken).Failures);
        }
    }

    [Fact]
    public void Expressions_of_the_reference_have_the_type_and_the_value_it_says()
    {
        var lines = Snippets("bpcr-expressions").SelectMany(s => s.Split('\n')).Where(line => line.Length > 0).ToList();
        Assert.True(lines.Count > 50, $"{lines.Count} expressions");
        foreach (var line in lines)
        {
            var equals = line.LastIndexOf(" = ", StringComparison.Ordinal);
            var colon = line.LastIndexOf(" : ", equals, StringComparison.Ordinal);
            var (expression, type, value) =
                (line[..colon].Trim(), line[(colon + 3)..equals].Trim(), line[(equals + 3)..].Trim());
            var json = RuleSamples.Value(type, expression) ?? JsonValue.Null.Value;
            Assert.Equal((expression, value), (expression, Encoding.UTF8.GetString(CanonicalJson.Write(json))));
        }
    }

    [Fact]
    public void Every_function_of_the_language_is_in_the_reference()
    {
        foreach (var signature in Core.Rules.Types.Builtins.Signatures)
        {
            var name = signature.Split('(')[0].Split('.')[^1];
            Assert.Contains($"{name}(", s_page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_unit_of_the_language_is_in_the_reference() =>
        Assert.All(Core.Rules.Types.UnitTable.Symbols, unit => Assert.Contains(unit, s_page, StringComparison.Ordinal));

    private static List<string> Snippets(string language)
    {
        var fence = $"```{language}\n";
        return [.. s_page.Split(fence).Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])];
    }
}
