using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;
using Bpc.Core.Rules;

namespace Bpc.Core.Passports.Explain;

/// <summary>
/// Why something has no value: the steps that gave none although nothing they were made of was none, and what the
/// package says of when it applies.
/// </summary>
internal static class Absence
{
    public static IReadOnlyList<string> Reasons(ProofGraph proof, int root, RuleInfo? rule) =>
    [
        .. Outcome(((JsonValue.Text)proof.Nodes[root].Step.Result!).Value, rule),
        .. Causes(proof, root).Select(id => Cause(proof, id)).Distinct(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Outcome(string outcome, RuleInfo? rule)
    {
        var said = outcome switch
        {
            "NOT_YET_REQUIRED" => "it is required only from a later day than the passport's",
            "CONDITION_UNRESOLVED" => "whether it applies depends on something that is unknown",
            "NOT_APPLICABLE" => "it does not apply to this battery, or what it looks at has no value",
            _ => null,
        };
        if (said is not null)
        {
            yield return rule is { Applies.Count: > 0 } ? $"{said}: {string.Join("; ", rule.Applies)}" : said;
        }
    }

    private static List<int> Causes(ProofGraph proof, int root)
    {
        var causes = new List<int>();
        var met = new HashSet<int>([root]);
        var waiting = new Stack<int>(proof.Nodes[root].Children.Where(child => IsNone(proof, child)).Reverse());
        while (waiting.TryPop(out var id))
        {
            var before = proof.Nodes[id].Children.Where(child => IsNone(proof, child)).ToArray();
            if (met.Add(id) && before.Length == 0)
            {
                causes.Add(id);
            }

            foreach (var child in before.Where(child => !met.Contains(child)).Reverse())
            {
                waiting.Push(child);
            }
        }

        return causes;
    }

    // A reference to a field without a value leads to the compliance line that says so.
    private static bool IsNone(ProofGraph proof, int id) => proof.Nodes[id] switch
    {
        { Step.Type: ProofNodeType.FieldRef, Children: [var referred] } => IsNone(proof, referred),
        { Step.Type: ProofNodeType.ComplianceEmit } => true,
        var node => node.Step.Result is JsonValue.Null,
    };

    private static string Cause(ProofGraph proof, int id)
    {
        var (_, children, step) = proof.Nodes[id];
        return step switch
        {
            { Type: ProofNodeType.ComplianceEmit } =>
                $"field {step.Name} has no value: {StepWords.Value(step.Result!)}",
            { Type: ProofNodeType.Const } => "the rule says none here",
            _ when Is(step, "fact") && children is [var key] =>
                $"the snapshot has no fact {Path(step)} {StepWords.Value(proof.Nodes[key].Step.Result!)}",
            _ when Is(step, "member") && children is [var record] =>
                $"{StepWords.Of(proof.Nodes[record].Step)} says nothing of {Path(step)}",
            _ when Is(step, "first") || Is(step, "min") || Is(step, "max") =>
                $"'{StepWords.Of(step)}' of an empty list",
            _ => $"'{StepWords.Of(step)}' gave no value",
        };
    }

    private static bool Is(ProofStep step, string op) => step.Data["op"] is JsonValue.Text text && text.Value == op;

    private static string Path(ProofStep step) => step.Data["path"] is JsonValue.Text text ? text.Value : "";
}
