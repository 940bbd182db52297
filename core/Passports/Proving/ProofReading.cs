using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Proving;

/// <summary>One pass over a parsed proof, recomputing everything its root hash stands for.</summary>
internal sealed class ProofReading(JsonValue proof)
{
    private readonly List<ProofNode> _nodes = [];

    /// <summary>The nodes by id and both indexes; whole once <see cref="Check"/> has returned.</summary>
    public ProofGraph Graph { get; private set; } = ProofGraph.Empty;

    public ProofCheck Check()
    {
        var root = Members(proof, "the proof", "check_index", "field_index", "nodes", "proof_version", "root_hash");
        Require(root["proof_version"] is JsonValue.Text { Value: Proof.Version },
            $"proof_version is not {Proof.Version}");
        foreach (var node in Items(root["nodes"]!, "nodes"))
        {
            _nodes.Add(ReadNode(node));
        }

        var fields = ReadIndex(root["field_index"]!, "field_index");
        var checks = ReadIndex(root["check_index"]!, "check_index");
        var hash = ProofRoot.Hash(Hashes(fields), Hashes(checks));
        Require(root["root_hash"] is JsonValue.Text stated && stated.Value == hash,
            "root_hash is not the hash of the indexed nodes");
        CheckReferences(fields, checks);
        CheckReachable(fields.Values.Concat(checks.Values));
        Graph = new(_nodes, fields, checks);
        return new(null, hash,
            fields.ToDictionary(f => f.Key, f => FieldResult(f.Key, f.Value), StringComparer.Ordinal),
            checks.ToDictionary(c => c.Key, c => Outcome(c.Key, c.Value), StringComparer.Ordinal));
    }

    private ProofNode ReadNode(JsonValue value)
    {
        var id = _nodes.Count;
        var what = $"node {id}";
        var members = Members(value, what, "children", "data", "hash", "id", "type");
        Require(members["id"] is JsonValue.Int number && number.Value == id,
            $"{what}: ids do not count from 0 without a gap");
        var children = Items(members["children"]!, $"{what}: children")
            .Select(child => child is JsonValue.Int { Value: >= 0 } index && index.Value < id
                ? (int)index.Value : throw new ProofMismatchException(
                    $"{what}: a child does not come before its parent")).ToArray();
        var type = Text(members["type"], $"{what}: type");
        var hash = CanonicalJson.HashHex(JsonValue.Object(
            ("children_hashes", JsonValue.Array(children.Select(child => (JsonValue)_nodes[child].Hash))),
            ("data", members["data"]!), ("type", type)));
        Require(members["hash"] is JsonValue.Text stated && stated.Value == hash,
            $"{what}: hash does not match type, data and children");
        return new(hash, children, ReadStep(type, members["data"]!, what));
    }

    private static ProofStep ReadStep(string type, JsonValue data, string what) => (type, data) switch
    {
        (ProofNodeType.Const, JsonValue.Record d) when d["value"] is { } value => new(type, d, Result: value),
        (ProofNodeType.Op or ProofNodeType.Assert, JsonValue.Record d) when d["result"] is { } result =>
            new(type, d, Result: result),
        (ProofNodeType.FactGet, JsonValue.Record d) when d["payload_hash"] is JsonValue.Text => new(type, d),
        (ProofNodeType.FieldRef, JsonValue.Record d) when d["field"] is JsonValue.Text field =>
            new(type, d, Name: field.Value),
        (ProofNodeType.ComplianceEmit, JsonValue.Record d) when d["check"] is JsonValue.Text check
            && d["outcome"] is { } outcome =>
            new(type, d, Name: check.Value, Result: outcome),
        _ => throw new ProofMismatchException($"{what}: no step of type {type} has this data"),
    };

    private Dictionary<string, int> ReadIndex(JsonValue value, string what)
    {
        Require(value is JsonValue.Record, $"{what} is not an object");
        return ((JsonValue.Record)value).Members.ToDictionary(
            entry => entry.Key,
            entry => entry.Value is JsonValue.Int { Value: >= 0 } id && id.Value < _nodes.Count
                ? (int)id.Value : throw new ProofMismatchException($"{what}: {entry.Key} names no node"),
            StringComparer.Ordinal);
    }

    private void CheckReferences(Dictionary<string, int> fields, Dictionary<string, int> checks)
    {
        foreach (var (node, id) in _nodes.Select((node, id) => (node, id))
            .Where(n => n.node.Step.Type == ProofNodeType.FieldRef))
        {
            // A field without a value has no node of its own: its reference leads to the compliance line that says why.
            var known = fields.TryGetValue(node.Step.Name!, out var target)
                || checks.TryGetValue(node.Step.Name!, out target);
            Require(known && node.Children is [var only] && only == target,
                $"node {id}: does not lead to field {node.Step.Name}");
        }
    }

    private void CheckReachable(IEnumerable<int> roots)
    {
        var reached = new bool[_nodes.Count];
        foreach (var root in roots)
        {
            reached[root] = true;
        }

        for (var id = _nodes.Count - 1; id >= 0; id--)
        {
            Require(reached[id], $"node {id}: belongs to no field and no check");
            foreach (var child in _nodes[id].Children)
            {
                reached[child] = true;
            }
        }
    }

    private JsonValue FieldResult(string path, int id)
    {
        while (_nodes[id] is { Step.Type: ProofNodeType.FieldRef, Children: [var referred] })
        {
            id = referred;
        }

        return _nodes[id].Step is
        {
            Type: ProofNodeType.Const or ProofNodeType.Op or ProofNodeType.Assert,
            Result: { } result
        }
            ? result : throw new ProofMismatchException($"field_index: {path} leads to a node without a result");
    }

    private string Outcome(string check, int id) => _nodes[id].Step is
    { Type: ProofNodeType.ComplianceEmit, Result: JsonValue.Text outcome } step && step.Name == check
        ? outcome.Value : throw new ProofMismatchException(
            $"check_index: {check} leads to a node that is not its outcome");

    private IEnumerable<KeyValuePair<string, string>> Hashes(Dictionary<string, int> index) =>
        index.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => KeyValuePair.Create(entry.Key, _nodes[entry.Value].Hash));

    private static JsonValue.Record Members(JsonValue value, string what, params ReadOnlySpan<string> names)
    {
        var record = value as JsonValue.Record ?? throw new ProofMismatchException($"{what} is not an object");
        foreach (var name in names)
        {
            Require(record[name] is not null, $"{what}: {name} is missing");
        }

        Require(record.Members.Count == names.Length, $"{what} has a member that does not belong there");
        return record;
    }

    private static IReadOnlyList<JsonValue> Items(JsonValue value, string what) =>
        value is JsonValue.List list ? list.Items : throw new ProofMismatchException($"{what} is not a list");

    private static string Text(JsonValue? value, string what) =>
        value is JsonValue.Text text ? text.Value : throw new ProofMismatchException($"{what} is not a text");

    private static void Require(bool holds, string mismatch)
    {
        if (!holds)
        {
            throw new ProofMismatchException(mismatch);
        }
    }
}
