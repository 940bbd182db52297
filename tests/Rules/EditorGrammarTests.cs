using System.Text.Json;
using System.Text.RegularExpressions;
using Bpc.Core.Rules.Types;

namespace Bpc.Tests.Rules;

/// <summary>What editors colour is what the language has.</summary>
public sealed partial class EditorGrammarTests
{
    private static readonly List<(Regex Match, string[] Scopes)> s_patterns = Patterns();

    [Fact]
    public void Every_word_of_the_grammar_is_coloured()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules-language.md"));
        var ebnf = page.Split("```ebnf\n")[1].Split("```")[0];
        var words = Word().Matches(ebnf).Select(match => match.Groups[1].Value).Distinct().ToList();
        string[] outcomes = ["PASS", "FAIL", "MISSING", "NOT_APPLICABLE", "NOT_YET_REQUIRED", "CONDITION_UNRESOLVED"];

        Assert.True(words.Count > 40, $"{words.Count} words");
        Assert.All([.. words, .. outcomes, .. outcomes.Select(o => o.ToLowerInvariant()), .. Access.Sections],
            word => Assert.NotEqual("", ScopeOf($"{word} x", word)));
    }

    [Fact]
    public void Functions_units_numbers_dates_texts_and_comments_are_told_apart()
    {
        Assert.All(Builtins.Signatures.Select(signature => signature.Split('(')[0].Split('.')[^1]),
            name => Assert.Equal("support.function.bpcr", ScopeOf($"{name}(x)", name)));
        Assert.All(UnitTable.Symbols, unit => Assert.Equal("constant.other.unit.bpcr", ScopeOf($"5.0 {unit};", unit)));
        Assert.Equal("constant.other.unit.bpcr", ScopeOf("Qty(gCO2e/kWh, 2)", "gCO2e/kWh"));
        Assert.Equal("constant.numeric.bpcr", ScopeOf("175000.00 gCO2e/kWh", "175000.00"));
        Assert.Equal("constant.other.date.bpcr", ScopeOf("2027-02-18", "2027-02-18"));
        Assert.Equal("string.quoted.double.bpcr", ScopeOf("\"E001\", 1", "\""));
        Assert.Equal("comment.line.double-dash.bpcr", ScopeOf("-- 5 kg", "-- 5 kg"));
    }

    // As an editor does: the pattern that matches earliest, and of those the first in the file.
    private static string ScopeOf(string line, string part)
    {
        var (match, scopes) = s_patterns.Select(p => (Match: p.Match.Match(line), p.Scopes))
            .Where(found => found.Match.Success).OrderBy(found => found.Match.Index).FirstOrDefault();
        var group = match?.Groups.Cast<Group>().ToList().FindIndex(g => g.Success && g.Value == part) ?? -1;
        return group < 0 ? "" : scopes[group];
    }

    private static List<(Regex, string[])> Patterns()
    {
        var file = JsonElement.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "rules", "bpcr.tmLanguage.json")));
        Assert.Equal("source.bpcr", file.GetProperty("scopeName").GetString());
        return [.. file.GetProperty("patterns").EnumerateArray().Select(pattern => (
            new Regex(Text(pattern, "match") ?? Text(pattern, "begin")!, RegexOptions.None, TimeSpan.FromMinutes(1)),
            Enumerable.Range(0, 4).Select(group => Scope(pattern, group)).ToArray()))];
    }

    private static string Scope(JsonElement pattern, int group) =>
        pattern.TryGetProperty("captures", out var captures)
            ? captures.TryGetProperty($"{group}", out var capture) ? Text(capture, "name")! : ""
            : group == 0 ? Text(pattern, "name")! : "";

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;

    [GeneratedRegex("\"([A-Za-z]+)\"")]
    private static partial Regex Word();
}
