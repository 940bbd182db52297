using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>A package, checked and compiled.</summary>
/// <param name="Lets">The package's own, derived before everything else; the value of the n-th is in slot n.</param>
/// <param name="Fields">In the order they are derived.</param>
/// <param name="Checks">By name.</param>
/// <param name="Warnings">What is allowed and may still tell an audience what it may not see.</param>
internal sealed record Plan(
    Symbols Symbols, IReadOnlyList<LetPlan> Lets, IReadOnlyList<FieldPlan> Fields, IReadOnlyList<CheckPlan> Checks,
    IReadOnlyList<Violation> Warnings);

internal sealed record LetPlan(string Name, CompiledExpression Value);

/// <param name="Index">Where the field stands in the source; its place in <see cref="Evaluation.FieldValues"/>.</param>
internal sealed record FieldPlan(
    int Index, string Path, RuleType Type, string Section, string? Cites, IReadOnlyList<AppliesPlan> Applies,
    CompiledExpression Body)
{
    /// <summary>The unit of the value, or of the items of a list.</summary>
    public string? Unit => UnitOf(Type);

    private static string? UnitOf(RuleType type) => type switch
    {
        RuleType.Qty quantity => quantity.Unit.Text,
        RuleType.Opt opt => UnitOf(opt.Inner),
        RuleType.List list => UnitOf(list.Item),
        _ => null,
    };
}

internal sealed record CheckPlan(
    string Name, string Section, string? Cites, IReadOnlyList<AppliesPlan> Applies, CompiledExpression Body,
    int PassBranch, int FailBranch);

/// <summary>
/// When, for which categories and under which condition a rule applies. <paramref name="Until"/> is the first day it
/// does not.
/// </summary>
internal sealed record AppliesPlan(
    DateOnly? From, DateOnly? Until, IReadOnlyList<string> Categories, CompiledExpression? When)
{
    /// <summary>The clause for a person: <c>from 2027-02-18 for EV, LMT when its condition holds</c>.</summary>
    public string Words => string.Join(' ', new[]
    {
        Day("from", From), Day("until", Until), Categories.Count == 0 ? null : $"for {string.Join(", ", Categories)}",
        When is null ? null : "when its condition holds",
    }.OfType<string>());

    private static string? Day(string word, DateOnly? day) => day is { } known
        ? $"{word} {known.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}" : null;
}
