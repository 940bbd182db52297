using Bpc.Core.Facts;
using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;
using Bpc.Core.Rules.Tests;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules;

/// <summary>What rules are evaluated against: one battery and the facts of its snapshot.</summary>
/// <param name="IssuedOn">The UTC date of issued_at: it decides dated applicability.</param>
public sealed record RuleInput(
    string Sku, string Category, string SerialNumber, DateOnly IssuedOn, IReadOnlyList<Fact> Facts);

/// <summary>
/// What a package says of one passport value, for pages and tables: path, type as written, unit, audience section,
/// citation.
/// </summary>
/// <param name="Index">Where it stands among the fields of the source, from 0: the order its author chose.</param>
/// <param name="Section"><c>public</c>, <c>restricted</c>, <c>authorities</c> or <c>legitimate_interest</c>.</param>
public sealed record FieldInfo(int Index, string Path, string Type, string? Unit, string Section, string? Cites);

/// <summary>What a package says of one field or check, for explanations.</summary>
/// <param name="Applies">Each clause as written: <c>from 2027-02-18 for EV</c>, its condition not spelled out.</param>
public sealed record RuleInfo(string? Unit, string Section, string? Cites, IReadOnlyList<string> Applies);

/// <summary>
/// A rule package in BPC-RULES-1, parsed, type-checked and ready to evaluate. Immutable and safe to share between
/// threads.
/// </summary>
public sealed class RulePackage
{
    private RulePackage(PackageHeader header, Plan plan, IReadOnlyList<CompiledTest> tests)
    {
        (Name, Version, Plan, Tests) = (header.Name, header.Version, plan, tests);
        Fields =
        [
            .. plan.Fields.Select(f => new FieldInfo(f.Index, f.Path, f.Type.ToString(), f.Unit, f.Section, f.Cites)),
        ];
    }

    /// <summary>The language this build reads.</summary>
    public const string Language = "BPC-RULES-1";

    public string Name { get; }

    public string Version { get; }

    /// <summary>The fields in evaluation order (dependencies first, ties ordinal).</summary>
    public IReadOnlyList<FieldInfo> Fields { get; }

    /// <summary>
    /// What is allowed and may still tell an audience what it may not see: <c>line 3, column 7</c>, and why.
    /// </summary>
    public IReadOnlyList<Violation> Warnings => Plan.Warnings;

    /// <summary>Whether tests stand in the package itself.</summary>
    public bool HasTests => Tests.Count > 0;

    internal Plan Plan { get; }

    /// <summary>Tests that stand in the package itself.</summary>
    internal IReadOnlyList<CompiledTest> Tests { get; }

    /// <summary>
    /// Parses and checks a source. RULE_PARSE_ERROR, RULE_TYPE_ERROR, UNIT_MISMATCH or RULE_CYCLE_DETECTED carries
    /// every error of the source as a violation: where (<c>line 3, column 7</c>) and a message with the line, a caret
    /// and what would be right.
    /// </summary>
    public static RulePackage Compile(string dslSource)
    {
        var diagnostics = new Diagnostics(new(dslSource));
        var tree = DeclarationParser.Package(diagnostics);
        var plan = PackageChecker.Check(tree, diagnostics);
        var tests = TestChecker.Check(tree.Tests, plan, diagnostics);
        diagnostics.ThrowIfAny();
        return new(tree.Header!, plan, tests);
    }

    /// <summary>What the package says of a field or a check; null where it declares nothing of that name.</summary>
    public RuleInfo? About(string name) =>
        Plan.Fields.FirstOrDefault(field => field.Path == name) is { } field
            ? new(field.Unit, field.Section, field.Cites, [.. field.Applies.Select(clause => clause.Words)])
        : Plan.Checks.FirstOrDefault(check => check.Name == name) is { } check
            ? new(null, check.Section, check.Cites, [.. check.Applies.Select(clause => clause.Words)])
        : null;

    /// <summary>
    /// Derives all values. Pure: the same input gives the same result, whatever the order of its facts, the culture or
    /// the thread. RULE_ASSERT_FAILED, DIVISION_BY_ZERO, RULE_BUDGET_EXCEEDED … name the field.
    /// </summary>
    public RuleResult Evaluate(RuleInput input)
    {
        using var run = new PackageRun(Plan, input, coverage: null);
        try
        {
            return run.Derive();
        }
        catch (RuleFailure failure)
        {
            throw failure.In(run.Evaluation.Place);
        }
    }
}
