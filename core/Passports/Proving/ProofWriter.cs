using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Proving;

/// <summary>
/// Hashes and writes the steps that lead to a field or a check. Nodes have a fixed form, so their bytes are put
/// together from pieces; that they are canonical is what every verifier checks first.
/// </summary>
internal ref struct ProofWriter(List<ProofStepMade> steps, List<int> children, ReadOnlySpan<byte> data)
{
    private const int HashBytes = SHA256.HashSizeInBytes;

    // What a node takes beside its data and its children, whose ids have at most so many digits with their comma.
    private const int NodeOverhead = 160;
    private const int ChildDigits = 8;

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly ReadOnlySpan<ProofStepMade> _steps = CollectionsMarshal.AsSpan(steps);
    private readonly ReadOnlySpan<int> _children = CollectionsMarshal.AsSpan(children);
    private readonly byte[] _hashes = new byte[steps.Count * HashBytes];
    // Most steps may lead to nothing, so the limit is that of what is written, not of what might be.
    private readonly ByteBuffer _out = new(
        (int)Math.Min(
            ProofBuilder.Limit.Most,
            data.Length + ((long)steps.Count * NodeOverhead) + ((long)children.Count * ChildDigits)),
        ProofBuilder.Limit);

    public readonly Proof Write(IReadOnlyDictionary<string, int> fields, IReadOnlyDictionary<string, int> checks)
    {
        var ids = Renumber(fields.Values.Concat(checks.Values));
        Hash(ids);
        var (sortedFields, sortedChecks) = (Sorted(fields), Sorted(checks));
        var root = ProofRoot.Hash(Hashes(sortedFields), Hashes(sortedChecks));

        _out.Append("{\"check_index\":"u8);
        Index(sortedChecks, ids);
        _out.Append(",\"field_index\":"u8);
        Index(sortedFields, ids);
        _out.Append(",\"nodes\":["u8);
        for (var step = 0; step < _steps.Length; step++)
        {
            if (ids[step] >= 0)
            {
                Node(step, ids);
            }
        }

        _out.Append("],\"proof_version\":\""u8);
        Ascii(Proof.Version);
        _out.Append("\",\"root_hash\":\""u8);
        Ascii(root);
        _out.Append("\"}"u8);
        return new(_out.Written.ToArray(), root);
    }

    public readonly void Dispose() => _out.Dispose();

    private readonly int[] Renumber(IEnumerable<int> roots)
    {
        var ids = new int[_steps.Length];
        foreach (var root in roots)
        {
            ids[root] = 1;
        }

        for (var step = _steps.Length - 1; step >= 0; step--)
        {
            foreach (var child in ids[step] == 0 ? [] : _steps[step].Children.Of(_children))
            {
                ids[child] = 1;
            }
        }

        var next = 0;
        for (var step = 0; step < ids.Length; step++)
        {
            ids[step] = ids[step] == 0 ? -1 : next++;
        }

        return ids;
    }

    private readonly void Hash(int[] ids)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var step = 0; step < _steps.Length; step++)
        {
            if (ids[step] < 0)
            {
                continue;
            }

            _out.Truncate(0);
            _out.Append("{\"children_hashes\":["u8);
            foreach (var child in _steps[step].Children.Of(_children))
            {
                Separate((byte)'[');
                Hex(child);
            }

            _out.Append("],\"data\":"u8);
            _out.Append(_steps[step].Data.Of(_data));
            _out.Append(",\"type\":\""u8);
            Ascii(_steps[step].Type);
            _out.Append("\"}"u8);
            sha256.AppendData(_out.Written);
            sha256.GetHashAndReset(_hashes.AsSpan(step * HashBytes));
        }

        _out.Truncate(0);
    }

    private readonly void Node(int step, int[] ids)
    {
        Separate((byte)'[');
        _out.Append("{\"children\":["u8);
        foreach (var child in _steps[step].Children.Of(_children))
        {
            Separate((byte)'[');
            _out.AppendInteger(ids[child]);
        }

        _out.Append("],\"data\":"u8);
        _out.Append(_steps[step].Data.Of(_data));
        _out.Append(",\"hash\":"u8);
        Hex(step);
        _out.Append(",\"id\":"u8);
        _out.AppendInteger(ids[step]);
        _out.Append(",\"type\":\""u8);
        Ascii(_steps[step].Type);
        _out.Append("\"}"u8);
    }

    private readonly void Index(KeyValuePair<string, int>[] sorted, int[] ids)
    {
        using var writer = new CanonicalWriter();
        writer.BeginObject();
        foreach (var (name, step) in sorted)
        {
            writer.Name(name);
            writer.Integer(ids[step]);
        }

        writer.EndObject();
        _out.Append(writer.Written);
    }

    // A comma after everything but the bracket that opens.
    private readonly void Separate(byte open)
    {
        if (_out.Written[^1] != open)
        {
            _out.Append((byte)',');
        }
    }

    private readonly void Hex(int step)
    {
        _out.Append((byte)'"');
        _out.AppendHex(_hashes.AsSpan(step * HashBytes, HashBytes));
        _out.Append((byte)'"');
    }

    private readonly void Ascii(string text) =>
        _out.Advance(Encoding.ASCII.GetBytes(text, _out.Room(text.Length)));

    private readonly IEnumerable<KeyValuePair<string, string>> Hashes(KeyValuePair<string, int>[] sorted)
    {
        var hashes = _hashes;
        return sorted.Select(entry => KeyValuePair.Create(
            entry.Key, Convert.ToHexStringLower(hashes.AsSpan(entry.Value * HashBytes, HashBytes))));
    }

    private static KeyValuePair<string, int>[] Sorted(IReadOnlyDictionary<string, int> index)
    {
        KeyValuePair<string, int>[] sorted = [.. index];
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return sorted;
    }
}
