using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;

namespace Bpc.Core.Passports.Explain;

/// <summary>A step of a proof in the words a person reads.</summary>
internal static class StepWords
{
    private const int LongestValue = 100;

    public static string Of(ProofStep step) => step.Type switch
    {
        ProofNodeType.Const => "constant",
        ProofNodeType.FactGet => $"fact {Member(step, "fact_type")} {Member(step, "fact_key")}",
        ProofNodeType.FieldRef => $"field {step.Name}",
        ProofNodeType.Assert => $"requirement {Member(step, "code")} holds",
        ProofNodeType.ComplianceEmit => step.Name!,
        _ => Member(step, "path") is { Length: > 0 } path ? $"{Member(step, "op")} {path}" : Member(step, "op"),
    };

    /// <summary>A value as it stands in the passport, without quotes, shortened where it is long.</summary>
    public static string Value(JsonValue value)
    {
        var text = value switch
        {
            JsonValue.Null => "none",
            JsonValue.Text t when t.Value.Length > 0 && !t.Value.Any(char.IsControl) => t.Value,
            _ => System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(value)),
        };
        return ShortText.Of(text, LongestValue);
    }

    private static string Member(ProofStep step, string name) =>
        step.Data[name] is JsonValue.Text text ? text.Value : "";
}
