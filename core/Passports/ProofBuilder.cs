using Bpc.Core.Canonical;

namespace Bpc.Core.Passports;

/// <summary>
/// Makes the nodes of a BPC-PROOF-1 while rules are evaluated. Equal steps are one node; a child exists before its
/// parent.
/// </summary>
internal sealed class ProofBuilder
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, int> _byHash = new(StringComparer.Ordinal);
    private readonly CanonicalWriter _data = new();
    private readonly CanonicalWriter _hashed = new();

    public int Const(JsonValue value)
    {
        Begin("value", value);
        return Add(ProofNodeType.Const, []);
    }

    /// <summary>A fact as it stands in the snapshot; its child is the step that made the key.</summary>
    public int FactGet(string factType, string factKey, string payloadHash, int key)
    {
        Begin("fact_key", factKey);
        Member("fact_type", factType);
        Member("payload_hash", payloadHash);
        return Add(ProofNodeType.FactGet, [key]);
    }

    /// <summary>A field read by another; its child is the node of that field.</summary>
    public int FieldRef(string field, int node)
    {
        Begin("field", field);
        return Add(ProofNodeType.FieldRef, [node]);
    }

    /// <summary>
    /// One operation. <paramref name="path"/> is the member or index taken, <paramref name="unit"/> the unit of a
    /// quantity.
    /// </summary>
    public int Op(string op, JsonValue result, ReadOnlySpan<int> children, string? path = null, string? unit = null)
    {
        Begin("op", op);
        if (path is not null)
        {
            Member("path", path);
        }

        Member("result", result);
        if (unit is not null)
        {
            Member("unit", unit);
        }

        return Add(ProofNodeType.Op, children);
    }

    /// <summary>A requirement that held, and the value it let through.</summary>
    public int Assert(string code, JsonValue result, ReadOnlySpan<int> children)
    {
        Begin("code", code);
        Member("result", result);
        return Add(ProofNodeType.Assert, children);
    }

    public int ComplianceEmit(string check, string outcome, ReadOnlySpan<int> children)
    {
        Begin("check", check);
        Member("outcome", outcome);
        return Add(ProofNodeType.ComplianceEmit, children);
    }

    /// <summary>
    /// The proof of these fields and checks. Steps that lead to none of them (an unused let) are left out.
    /// </summary>
    public Proof Build(IReadOnlyDictionary<string, int> fields, IReadOnlyDictionary<string, int> checks)
    {
        var ids = Renumber(fields.Values.Concat(checks.Values));
        var root = ProofRoot.Hash(Hashes(fields), Hashes(checks));
        var writer = new CanonicalWriter();
        writer.BeginObject();
        Index(writer, "check_index", checks, ids);
        Index(writer, "field_index", fields, ids);
        writer.Name("nodes");
        writer.BeginArray();
        for (var i = 0; i < _nodes.Count; i++)
        {
            if (ids[i] >= 0)
            {
                Write(writer, _nodes[i], ids, ids[i]);
            }
        }

        writer.EndArray();
        writer.Name("proof_version");
        writer.Text(Proof.Version);
        writer.Name("root_hash");
        writer.Text(root);
        writer.EndObject();
        return new(writer.ToArray(), root);
    }

    private void Begin(string name, JsonValue value)
    {
        _data.Clear();
        _data.BeginObject();
        Member(name, value);
    }

    private void Member(string name, JsonValue value)
    {
        _data.Name(name);
        _data.Value(value);
    }

    private int Add(string type, ReadOnlySpan<int> children)
    {
        _data.EndObject();
        _hashed.Clear();
        _hashed.BeginObject();
        _hashed.Name("children_hashes");
        _hashed.BeginArray();
        foreach (var child in children)
        {
            _hashed.Text(_nodes[child].Hash);
        }

        _hashed.EndArray();
        _hashed.Name("data");
        _hashed.Raw(_data.Written);
        _hashed.Name("type");
        _hashed.Text(type);
        _hashed.EndObject();
        var hash = CanonicalJson.HashHex(_hashed.Written);
        if (!_byHash.TryGetValue(hash, out var id))
        {
            id = _nodes.Count;
            _byHash.Add(hash, id);
            _nodes.Add(new(type, _data.ToArray(), hash, children.ToArray()));
        }

        return id;
    }

    private int[] Renumber(IEnumerable<int> roots)
    {
        var ids = new int[_nodes.Count];
        foreach (var root in roots)
        {
            ids[root] = 1;
        }

        for (var i = _nodes.Count - 1; i >= 0; i--)
        {
            foreach (var child in ids[i] == 0 ? [] : _nodes[i].Children)
            {
                ids[child] = 1;
            }
        }

        var next = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = ids[i] == 0 ? -1 : next++;
        }

        return ids;
    }

    private IEnumerable<KeyValuePair<string, string>> Hashes(IReadOnlyDictionary<string, int> index) =>
        index.Select(entry => KeyValuePair.Create(entry.Key, _nodes[entry.Value].Hash));

    private static void Index(CanonicalWriter writer, string name, IReadOnlyDictionary<string, int> index, int[] ids)
    {
        writer.Name(name);
        writer.BeginObject();
        foreach (var (key, node) in index.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.Name(key);
            writer.Integer(ids[node]);
        }

        writer.EndObject();
    }

    private static void Write(CanonicalWriter writer, Node node, int[] ids, int id)
    {
        writer.BeginObject();
        writer.Name("children");
        writer.BeginArray();
        foreach (var child in node.Children)
        {
            writer.Integer(ids[child]);
        }

        writer.EndArray();
        writer.Name("data");
        writer.Raw(node.Data);
        writer.Name("hash");
        writer.Text(node.Hash);
        writer.Name("id");
        writer.Integer(id);
        writer.Name("type");
        writer.Text(node.Type);
        writer.EndObject();
    }

    private sealed record Node(string Type, byte[] Data, string Hash, int[] Children);
}
