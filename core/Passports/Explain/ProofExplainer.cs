using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;
using Bpc.Core.Rules;

namespace Bpc.Core.Passports.Explain;

/// <summary>A name a proof can explain: its value as it stands in the passport, or its outcome.</summary>
public sealed record Explainable(string Name, JsonValue? Value, string? Outcome);

/// <summary>
/// Explains values from a stored proof. The proof is verified first; the rules are not run, so an explanation shows
/// what was done then and not what a newer build would do.
/// </summary>
public sealed class ProofExplainer
{
    private readonly ProofGraph _proof;

    private ProofExplainer(ProofGraph proof) => _proof = proof;

    /// <summary>VALIDATION_ERROR where the bytes are not a proof whose hashes hold.</summary>
    public static ProofExplainer Read(ReadOnlySpan<byte> proofBytes)
    {
        try
        {
            var reading = new ProofReading(CanonicalReader.ReadCanonical(proofBytes));
            reading.Check();
            return new(reading.Graph);
        }
        catch (ProofMismatchException e)
        {
            throw new BpcException(BpcError.Validation, $"the proof does not hold: {e.Message}");
        }
    }

    /// <summary>Every field and check, ordered by name.</summary>
    public IReadOnlyList<Explainable> Names() =>
    [
        .. _proof.Fields.Select(f => new Explainable(f.Key, ResultOf(f.Value), null))
            .Concat(_proof.Checks.Select(c => new Explainable(c.Key, null, OutcomeOf(c.Value))))
            .OrderBy(name => name.Name, StringComparer.Ordinal),
    ];

    /// <summary>One field or check. NOT_FOUND where the passport has nothing of that name.</summary>
    public Explanation Explain(string name, RuleInfo? rule)
    {
        var isField = _proof.Fields.TryGetValue(name, out var root);
        if (!isField && !_proof.Checks.TryGetValue(name, out root))
        {
            throw new BpcException(BpcError.NotFound, $"the passport has no field or check '{name}'");
        }

        var steps = InReadingOrder(root).Select(Step).ToList();
        // One fact may be asked for by keys made in several ways, each a step of its own.
        var facts = steps.Where(step => step.Fact is not null).DistinctBy(step => step.Fact).Select(step =>
            new FactUsed(step.Fact!.Value, Text(_proof.Nodes[step.Id], "payload_hash"), Source: null)).ToList();
        var outcome = isField ? null : OutcomeOf(root);
        var why = outcome is null or "PASS" or "FAIL" ? [] : Absence.Reasons(_proof, root, rule);
        return new(name, isField ? ResultOf(root) : null, outcome, why, steps, facts, rule);
    }

    /// <summary>Each node once, a parent before its children, as a person reads down a tree.</summary>
    private IEnumerable<int> InReadingOrder(int root)
    {
        var met = new HashSet<int>();
        var waiting = new Stack<int>([root]);
        while (waiting.TryPop(out var id))
        {
            if (!met.Add(id))
            {
                continue;
            }

            yield return id;
            foreach (var child in _proof.Nodes[id].Children.Reverse())
            {
                waiting.Push(child);
            }
        }
    }

    private ExplainedStep Step(int id)
    {
        var (_, children, step) = _proof.Nodes[id];
        var unit = step.Data["unit"] is JsonValue.Text text ? text.Value : null;
        return new(id, step.Type, StepWords.Of(step), ResultOf(id), unit, children, FactOf(step));
    }

    private static FactKey? FactOf(ProofStep step) => step.Type == ProofNodeType.FactGet
        ? new(((JsonValue.Text)step.Data["fact_type"]!).Value, ((JsonValue.Text)step.Data["fact_key"]!).Value)
        : null;

    // A reference has the value of the field it leads to.
    private JsonValue? ResultOf(int id)
    {
        while (_proof.Nodes[id] is { Step.Type: ProofNodeType.FieldRef, Children: [var referred] })
        {
            id = referred;
        }

        return _proof.Nodes[id].Step.Result;
    }

    private string OutcomeOf(int id) => ((JsonValue.Text)_proof.Nodes[id].Step.Result!).Value;

    private static string Text(ProofNode node, string member) => ((JsonValue.Text)node.Step.Data[member]!).Value;
}
