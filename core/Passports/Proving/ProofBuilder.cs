using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Proving;

/// <summary>
/// Takes the steps of a BPC-PROOF-1 while rules are evaluated. Equal steps are one node; a child exists before its
/// parent. Nothing is hashed before it is known which steps lead to a field or a check.
/// </summary>
internal sealed class ProofBuilder : IDisposable
{
    // As many steps as a passport of the EU packages takes, or more: lists that grow copy all they hold each time.
    private const int UsualSteps = 768;

    private static ReadOnlySpan<byte> FactsOp => "{\"op\":\"facts\","u8;

    // Far more than a proof may have in the end: what leads to no field is left out only when all is derived.
    public static readonly ByteLimit Limit = new("proof", 16 * 1024 * 1024, BpcError.ProofTooLarge);

    private readonly List<ProofStepMade> _steps = new(UsualSteps);
    private readonly List<int> _children = new(UsualSteps);

    // The last step made with content of that hash code; steps of one code form a chain.
    private readonly Dictionary<int, int> _byContent = new(UsualSteps);
    private readonly CanonicalWriter _data = new(Limit);
    private int _begin;

    public int Const(ICanonicalValue value)
    {
        Begin("value");
        value.WriteTo(_data);
        return Add(ProofNodeType.Const, []);
    }

    /// <summary>A fact as it stands in the snapshot; its child is the step that made the key.</summary>
    public int FactGet(string factType, string factKey, string payloadHash, int key)
    {
        Begin("fact_key");
        _data.Text(factKey);
        Member("fact_type", factType);
        Member("payload_hash", payloadHash);
        return Add(ProofNodeType.FactGet, [key]);
    }

    /// <summary>A field read by another; its child is the node of that field.</summary>
    public int FieldRef(string field, int node)
    {
        Begin("field");
        _data.Text(field);
        return Add(ProofNodeType.FieldRef, [node]);
    }

    /// <summary>
    /// One operation. <paramref name="path"/> is the member or index taken, <paramref name="unit"/> the unit of a
    /// quantity.
    /// </summary>
    public int Op(
        string op, ICanonicalValue result, ReadOnlySpan<int> children, string? path = null, string? unit = null)
    {
        Begin("op");
        _data.Text(op);
        if (path is not null)
        {
            Member("path", path);
        }

        _data.Name("result");
        result.WriteTo(_data);
        if (unit is not null)
        {
            Member("unit", unit);
        }

        return Add(ProofNodeType.Op, children);
    }

    /// <summary>
    /// False for a fact read whole and a list of facts: their steps say which facts, not what is in them.
    /// </summary>
    public bool ShowsValue(int node)
    {
        var step = _steps[node];
        return step.Type != ProofNodeType.FactGet
            && !(step.Type == ProofNodeType.Op && step.Data.Of(_data.Written).StartsWith(FactsOp));
    }

    /// <summary>A requirement that held, and the value it let through.</summary>
    public int Assert(string code, ICanonicalValue result, ReadOnlySpan<int> children)
    {
        Begin("code");
        _data.Text(code);
        _data.Name("result");
        result.WriteTo(_data);
        return Add(ProofNodeType.Assert, children);
    }

    public int ComplianceEmit(string check, string outcome, ReadOnlySpan<int> children)
    {
        Begin("check");
        _data.Text(check);
        Member("outcome", outcome);
        return Add(ProofNodeType.ComplianceEmit, children);
    }

    /// <summary>
    /// The proof of these fields and checks. Steps that lead to none of them (an unused let) are left out.
    /// </summary>
    public Proof Build(IReadOnlyDictionary<string, int> fields, IReadOnlyDictionary<string, int> checks)
    {
        using var writer = new ProofWriter(_steps, _children, _data.Written);
        return writer.Write(fields, checks);
    }

    public void Dispose() => _data.Dispose();

    private void Begin(string name)
    {
        _begin = _data.BeginDocument();
        _data.BeginObject();
        _data.Name(name);
    }

    private void Member(string name, string value)
    {
        _data.Name(name);
        _data.Text(value);
    }

    private int Add(string type, ReadOnlySpan<int> children)
    {
        _data.EndObject();
        var data = _data.Written[_begin..];
        var code = Code(type, data, children);
        var isKnown = _byContent.TryGetValue(code, out var last);
        for (var id = isKnown ? last : -1; id >= 0; id = _steps[id].Before)
        {
            if (IsEqual(_steps[id], type, data, children))
            {
                _data.Truncate(_begin);
                return id;
            }
        }

        var made = new ProofStepMade(
            type, new(_begin, data.Length), new(_children.Count, children.Length), isKnown ? last : -1);
        _children.AddRange(children);
        _byContent[code] = _steps.Count;
        _steps.Add(made);
        return _steps.Count - 1;
    }

    // Equal children are one node already, so steps are equal where type, data and the ids of their children are.
    private bool IsEqual(ProofStepMade step, string type, ReadOnlySpan<byte> data, ReadOnlySpan<int> children) =>
        step.Type == type && data.SequenceEqual(step.Data.Of(_data.Written)) && children.SequenceEqual(
            step.Children.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_children)));

    private static int Code(string type, ReadOnlySpan<byte> data, ReadOnlySpan<int> children)
    {
        var code = new HashCode();
        code.Add(type.Length);
        code.AddBytes(data);
        foreach (var child in children)
        {
            code.Add(child);
        }

        return code.ToHashCode();
    }
}

/// <param name="Before">The step made before with the same hash code; −1 for none.</param>
internal readonly record struct ProofStepMade(string Type, Stretch Data, Stretch Children, int Before);

/// <summary>A part of a longer list.</summary>
internal readonly record struct Stretch(int Start, int Length)
{
    public ReadOnlySpan<T> Of<T>(ReadOnlySpan<T> whole) => whole.Slice(Start, Length);
}
