using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Proving;

/// <summary>A verified proof, ready to be walked.</summary>
/// <param name="Fields">The node of each field that has a value.</param>
/// <param name="Checks">The node of each compliance line.</param>
internal sealed record ProofGraph(
    IReadOnlyList<ProofNode> Nodes, IReadOnlyDictionary<string, int> Fields, IReadOnlyDictionary<string, int> Checks)
{
    public static readonly ProofGraph Empty = new([], new Dictionary<string, int>(), new Dictionary<string, int>());
}

/// <param name="Children">Ids, each smaller than the node's own.</param>
internal sealed record ProofNode(string Hash, int[] Children, ProofStep Step);

/// <param name="Name">The field of a FIELD_REF, the check of a COMPLIANCE_EMIT.</param>
/// <param name="Result">A value, the outcome of a COMPLIANCE_EMIT; null for a FACT_GET and a FIELD_REF.</param>
internal sealed record ProofStep(string Type, JsonValue.Record Data, string? Name = null, JsonValue? Result = null);
