using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Explain;

/// <summary>
/// An explanation as JSON. The steps are a flat list that name their children by id: a derivation may nest deeper than
/// readers of JSON allow, and one step may serve several.
/// </summary>
public static class ExplanationJson
{
    public static byte[] Write(Explanation explanation) => CanonicalJson.Write(JsonValue.Object(
        ("name", explanation.Name),
        ("value", explanation.Value ?? JsonValue.Null.Value),
        ("unit", Text(explanation.Rule?.Unit)),
        ("outcome", Text(explanation.Outcome)),
        ("section", Text(explanation.Rule?.Section)),
        ("cites", Text(explanation.Rule?.Cites)),
        ("applies", JsonValue.Array((explanation.Rule?.Applies ?? []).Select(a => (JsonValue)a))),
        ("why", JsonValue.Array(explanation.Why.Select(reason => (JsonValue)reason))),
        ("steps", JsonValue.Array(explanation.Steps.Select(Step))),
        ("facts", JsonValue.Array(explanation.Facts.Select(Fact)))));

    /// <summary>The names that can be explained.</summary>
    public static byte[] Write(IEnumerable<Explainable> names) => CanonicalJson.Write(JsonValue.Object(
        ("items", JsonValue.Array(names.Select(name => JsonValue.Object(
            ("name", name.Name),
            ("value", name.Value ?? JsonValue.Null.Value),
            ("outcome", Text(name.Outcome))))))));

    private static JsonValue.Record Step(ExplainedStep step) => JsonValue.Object(
        ("id", step.Id),
        ("type", step.Type),
        ("says", step.Says),
        ("result", step.Result ?? JsonValue.Null.Value),
        ("unit", Text(step.Unit)),
        ("children", JsonValue.Array(step.Children.Select(child => (JsonValue)child))));

    private static JsonValue.Record Fact(FactUsed fact) => JsonValue.Object(
        ("fact_type", fact.Key.FactType),
        ("fact_key", fact.Key.Key),
        ("payload_hash", fact.PayloadHash),
        ("document", fact.Source is { } source ? Source(source) : JsonValue.Null.Value));

    private static JsonValue.Record Source(FactSource source) => JsonValue.Object(
        ("kind", source.Kind),
        ("name", Text(source.Name)),
        ("sha256", source.Sha256),
        ("document_id", Text(source.DocumentId?.ToString("D"))),
        ("document_version_id", Text(source.DocumentVersionId?.ToString("D"))),
        ("version", source.Version is { } version ? version : JsonValue.Null.Value));

    private static JsonValue Text(string? text) => text is null ? JsonValue.Null.Value : text;
}
