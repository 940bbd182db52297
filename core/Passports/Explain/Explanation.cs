using Bpc.Core.Canonical;
using Bpc.Core.Rules;

namespace Bpc.Core.Passports.Explain;

/// <summary>Why a value of a passport is what it is, or why it is not there.</summary>
/// <param name="Name">A field's path, or the name of a check.</param>
/// <param name="Value">Null where there is none.</param>
/// <param name="Outcome">Of a check, or of a field without a value; null where the field has one.</param>
/// <param name="Why">Of a field without a value: what is missing, one sentence each.</param>
/// <param name="Steps">The derivation, each step once: the last made first, what it was made of below it.</param>
/// <param name="Facts">The facts it rests on, in the order the steps use them.</param>
/// <param name="Rule">What the package says of it; null where the package is not at hand.</param>
public sealed record Explanation(
    string Name, JsonValue? Value, string? Outcome, IReadOnlyList<string> Why,
    IReadOnlyList<ExplainedStep> Steps, IReadOnlyList<FactUsed> Facts, RuleInfo? Rule)
{
    /// <summary>The same, with where its facts come from.</summary>
    public Explanation From(IReadOnlyDictionary<FactKey, FactSource> sources) =>
        this with { Facts = [.. Facts.Select(fact => fact with { Source = sources.GetValueOrDefault(fact.Key) })] };
}

/// <summary>One step of a derivation.</summary>
/// <param name="Id">Its node in the proof.</param>
/// <param name="Says">The step in a few words: <c>round</c>, <c>fact Battery battery:SKU-1</c>.</param>
/// <param name="Result">What it gave; null for a fact, which its members tell.</param>
/// <param name="Children">The ids of the steps it was made of.</param>
public sealed record ExplainedStep(
    int Id, string Type, string Says, JsonValue? Result, string? Unit, IReadOnlyList<int> Children, FactKey? Fact);

/// <summary>A fact by its type and key.</summary>
public readonly record struct FactKey(string FactType, string Key);

/// <summary>A fact of the snapshot, and the document version that states it (null where it is not known).</summary>
public sealed record FactUsed(FactKey Key, string PayloadHash, FactSource? Source);

/// <summary>Where a fact comes from; a document read from a file has a name and a hash, but no ids.</summary>
public sealed record FactSource(
    string Kind, string? Name, string Sha256, Guid? DocumentId = null, Guid? DocumentVersionId = null,
    int? Version = null);
