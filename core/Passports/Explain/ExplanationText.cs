using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;

namespace Bpc.Core.Passports.Explain;

/// <summary>An explanation as a tree a person reads.</summary>
public static class ExplanationText
{
    // A chain of steps deeper than this (a fold over a long list) is cut; the JSON form has every step.
    private const int MaxDepth = 100;

    public static string Write(Explanation explanation)
    {
        var text = new StringBuilder(Heading(explanation)).Append('\n');
        foreach (var reason in explanation.Why)
        {
            text.Append("  because ").Append(reason).Append('\n');
        }

        new Tree(explanation, text).Write();
        return text.ToString();
    }

    /// <summary>A name with its value or outcome, as a line of a list.</summary>
    public static string Line(Explainable name) =>
        name.Value is { } value ? $"{name.Name} = {StepWords.Value(value)}" : $"{name.Name}: {name.Outcome}";

    private static string Heading(Explanation explanation)
    {
        var unit = explanation.Rule?.Unit is { } known ? $" {known}" : "";
        var value = explanation.Value is { } found ? $" = {StepWords.Value(found)}{unit}" : $": {explanation.Outcome}";
        string?[] seen = [explanation.Rule?.Section, explanation.Rule?.Cites];
        var aside = string.Join(", ", seen.OfType<string>());
        return $"{explanation.Name}{value}{(aside.Length > 0 ? $"   ({aside})" : "")}";
    }

    private sealed class Tree(Explanation explanation, StringBuilder text)
    {
        private readonly Dictionary<int, ExplainedStep> _steps = explanation.Steps.ToDictionary(step => step.Id);
        private readonly Dictionary<FactKey, FactUsed> _facts = explanation.Facts.ToDictionary(fact => fact.Key);
        private readonly HashSet<int> _written = [];

        public void Write() => Write(explanation.Steps[0].Id, "", isLast: true, depth: 0);

        private void Write(int id, string indent, bool isLast, int depth)
        {
            var step = _steps[id];
            var isRepeated = !_written.Add(id) && step.Children.Count > 0;
            text.Append(indent).Append(isLast ? "└─ " : "├─ ").Append(Line(step))
                .Append(isRepeated ? "  (as above)" : "").Append('\n');
            var below = indent + (isLast ? "   " : "│  ");
            if (isRepeated)
            {
                return;
            }

            if (step.Fact is { } fact && _facts[fact].Source is { } source)
            {
                var bar = step.Children.Count > 0 ? "│  " : "   ";
                text.Append(below).Append(bar).Append("from ").Append(Words(source)).Append('\n');
            }

            if (depth == MaxDepth && step.Children.Count > 0)
            {
                text.Append(below).Append("└─ …\n");
                return;
            }

            for (var i = 0; i < step.Children.Count; i++)
            {
                Write(step.Children[i], below, i == step.Children.Count - 1, depth + 1);
            }
        }

        private static string Line(ExplainedStep step) => step switch
        {
            { Type: ProofNodeType.Const, Result: { } constant } => Quoted(constant),
            { Type: ProofNodeType.ComplianceEmit, Result: { } outcome } => $"{step.Says}: {StepWords.Value(outcome)}",
            { Result: { } result, Unit: { } unit } => $"{step.Says} → {StepWords.Value(result)} {unit}",
            { Result: { } result } => $"{step.Says} → {StepWords.Value(result)}",
            _ => step.Says,
        };

        private static string Quoted(JsonValue constant) =>
            constant is JsonValue.Text text ? $"\"{StepWords.Value(text)}\"" : StepWords.Value(constant);

        private static string Words(FactSource source)
        {
            var version = source.Version is { } number ? $", version {number}" : "";
            var id = source.DocumentVersionId is { } known ? $", document version {known}" : "";
            var name = source.Name is null ? "" : $" {source.Name}";
            return $"{source.Kind}{name}{version}{id}, sha256 {source.Sha256[..12]}…";
        }
    }
}
