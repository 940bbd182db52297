using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;

namespace Bpc.Core.Rules;

/// <summary>A value of the passport: decimals and quantities are strings with exactly the declared scale.</summary>
public sealed record FieldValue(string Path, string Section, JsonValue Value);

/// <summary>
/// One line of a section's compliance list. <paramref name="Check"/> is a check's name (PASS, FAIL, NOT_APPLICABLE), or
/// the path of a field without a value (MISSING, NOT_YET_REQUIRED, NOT_APPLICABLE, CONDITION_UNRESOLVED).
/// </summary>
public sealed record ComplianceLine(string Check, string Outcome, string? Cites, string Section);

/// <summary>Everything the rules derived for one passport.</summary>
public sealed record RuleResult(
    IReadOnlyList<FieldValue> Fields, IReadOnlyList<ComplianceLine> Compliance, Proof Proof);
