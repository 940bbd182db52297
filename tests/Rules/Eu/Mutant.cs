using System.Globalization;
using System.Text.RegularExpressions;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules.Eu;

/// <summary>A rule package with one mistake in it.</summary>
/// <param name="What">The mistake: <c>line 201, column 22: &lt; is &lt;=</c>.</param>
/// <param name="LeavesOut">Whether something is missing that others may name, so that they no longer compile.</param>
internal sealed partial record Mutant(string What, string Source, bool LeavesOut = false)
{
    // A comparison turned round, and one that is off at its limit.
    private static readonly Dictionary<string, string[]> s_flips = new(StringComparer.Ordinal)
    {
        ["=="] = ["!="],
        ["!="] = ["=="],
        ["<"] = [">=", "<="],
        ["<="] = [">", "<"],
        [">"] = ["<=", ">="],
        [">="] = ["<", ">"],
        ["and"] = ["or"],
        ["or"] = ["and"],
        ["false"] = ["true"],
    };

    /// <summary>
    /// One mistake each: a field or check is left out, a comparison flipped, a day off by one, a condition forgotten.
    /// </summary>
    public static IReadOnlyList<Mutant> Of(string source)
    {
        var text = new SourceText(source);
        var flipped = Lexer.Tokens(new(text)).SelectMany(token => Instead(token).Select(instead => new Mutant(
            $"{text.Place(token.At.Start)}: {token.Text} is {instead}",
            source[..token.At.Start] + instead + source[token.At.End..])));
        return
        [
            .. Declarations().Matches(source).Select(match => new Mutant(
                $"{text.Place(match.Index)}: no {match.Groups[1].Value}",
                source.Remove(match.Index, match.Length), true)),
            .. Conditions().Matches(source).Select(match => new Mutant(
                $"{text.Place(match.Index)}: no condition", source.Remove(match.Index, match.Length))),
            .. flipped,
        ];
    }

    private static IEnumerable<string> Instead(Token token) => token.Kind switch
    {
        TokenKind.Date => new[] { -1, 1 }.Select(days =>
            DateOnly.Parse(token.Text, CultureInfo.InvariantCulture).AddDays(days).ToString("yyyy-MM-dd")),
        TokenKind.Symbol or TokenKind.Name when s_flips.TryGetValue(token.Text, out var instead) => instead,
        _ => [],
    };

    [GeneratedRegex(@"^((?:field|check) [a-z_.]+).*?;\n(?=\n|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Declarations();

    [GeneratedRegex(@"\swhen\s(?!false).*?(?=\s+cites )", RegexOptions.Singleline)]
    private static partial Regex Conditions();
}
