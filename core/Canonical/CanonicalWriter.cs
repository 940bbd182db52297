using System.Buffers;
using System.Text.Unicode;

namespace Bpc.Core.Canonical;

/// <summary>
/// Writes canonical bytes forward. Members of an object must be named in ordinal order (UTF-16 code units, RFC 8785
/// §3.2.3); a name out of order or repeated, or a value out of place, is an error, so that the bytes cannot be
/// non-canonical.
/// </summary>
public sealed class CanonicalWriter : IDisposable
{
    // RFC 8785 §3.2.2.2: only these are escaped; everything else is raw UTF-8.
    private static readonly SearchValues<char> s_escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    // What is open, outermost first: null for an array, else the name last written ("" stands before every other).
    private readonly string?[] _open = new string?[CanonicalJson.MaxDepth];
    private int _depth;
    private readonly ByteBuffer _bytes;
    private bool _first = true;
    private bool _named = true;

    /// <summary>A writer of any length.</summary>
    public CanonicalWriter()
        : this(null)
    {
    }

    internal CanonicalWriter(ByteLimit? limit) => _bytes = new(512, limit);

    public ReadOnlySpan<byte> Written => _bytes.Written;

    public byte[] ToArray() =>
        _depth == 0 ? Written.ToArray() : throw new InvalidOperationException("an object or array is still open");

    /// <summary>
    /// Begins another document behind what is written and says where it begins. One that turns out not to be wanted is
    /// taken back by <see cref="Truncate"/>.
    /// </summary>
    internal int BeginDocument()
    {
        (_depth, _first, _named) = (0, true, true);
        return _bytes.Length;
    }

    /// <summary>Empties the writer for the next document, keeping its memory.</summary>
    public void Restart()
    {
        _bytes.Truncate(0);
        BeginDocument();
    }

    internal void Truncate(int length) => _bytes.Truncate(length);

    /// <summary>Gives the borrowed memory back; a writer that is not disposed is merely slower to replace.</summary>
    public void Dispose() => _bytes.Dispose();

    public void BeginObject() => Open((byte)'{', "");

    public void EndObject() => Close((byte)'}', _depth > 0 && _open[_depth - 1] is not null && !_named);

    public void BeginArray() => Open((byte)'[', null);

    public void EndArray() => Close((byte)']', _depth > 0 && _open[_depth - 1] is null);

    /// <summary>Names the next member; names must ascend.</summary>
    public void Name(string name)
    {
        if (_named || _depth == 0 || _open[_depth - 1] is not { } last)
        {
            throw new InvalidOperationException($"the member name '{name}' is out of place");
        }

        if (!_first && string.CompareOrdinal(name, last) <= 0)
        {
            throw new InvalidOperationException(
                $"member '{name}' after '{last}': canonical members ascend and are unique");
        }

        _open[_depth - 1] = name;
        Separate();
        Quoted(name);
        _bytes.Append((byte)':');
        _named = true;
        _first = true;
    }

    public void Text(string value)
    {
        BeginValue();
        Quoted(value);
        EndValue();
    }

    public void Integer(long value)
    {
        if (value is > CanonicalJson.MaxInteger or < -CanonicalJson.MaxInteger)
        {
            throw new BpcException(BpcError.Validation, $"{value} is outside ±(2^53 − 1); write it as a string");
        }

        BeginValue();
        _bytes.AppendInteger(value);
        EndValue();
    }

    public void Bool(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Null() => Raw("null"u8);

    /// <summary>Puts bytes that already are one canonical value in this place.</summary>
    public void Raw(ReadOnlySpan<byte> canonicalValue)
    {
        BeginValue();
        _bytes.Append(canonicalValue);
        EndValue();
    }

    /// <summary>Writes a whole value, sorting the members of its objects.</summary>
    public void Value(JsonValue value)
    {
        switch (value)
        {
            case JsonValue.Text text: Text(text.Value); break;
            case JsonValue.Int integer: Integer(integer.Value); break;
            case JsonValue.Bool boolean: Bool(boolean.Value); break;
            case JsonValue.Null: Null(); break;
            case JsonValue.List list:
                BeginArray();
                foreach (var item in list.Items)
                {
                    Value(item);
                }

                EndArray();
                break;
            case JsonValue.Record record: Members(record.Members); break;
            default: throw new ArgumentException($"not a JSON value: {value}", nameof(value));
        }
    }

    private void Members(IReadOnlyDictionary<string, JsonValue> members)
    {
        BeginObject();
        string[] names = [.. members.Keys];
        Array.Sort(names, StringComparer.Ordinal);
        foreach (var name in names)
        {
            Name(name);
            Value(members[name]);
        }

        EndObject();
    }

    private void Open(byte bracket, string? before)
    {
        if (_depth == CanonicalJson.MaxDepth)
        {
            throw new BpcException(BpcError.Validation, $"nested deeper than {CanonicalJson.MaxDepth} levels");
        }

        BeginValue();
        _bytes.Append(bracket);
        _open[_depth++] = before;
        _first = true;
        _named = before is null;
    }

    private void Close(byte bracket, bool allowed)
    {
        if (!allowed)
        {
            throw new InvalidOperationException($"'{(char)bracket}' is out of place");
        }

        _depth--;
        _bytes.Append(bracket);
        EndValue();
    }

    /// <summary>A value may stand at the root once, in an array, and after a member's name.</summary>
    private void BeginValue()
    {
        if (!_named)
        {
            throw new InvalidOperationException("a value is out of place: it has no name, or one stands here already");
        }

        Separate();
    }

    private void EndValue()
    {
        _first = false;
        _named = _depth > 0 && _open[_depth - 1] is null;
    }

    private void Separate()
    {
        if (!_first)
        {
            _bytes.Append((byte)',');
        }
    }

    private void Quoted(string value)
    {
        _bytes.Append((byte)'"');
        var rest = value.AsSpan();
        for (var next = rest.IndexOfAny(s_escaped); next >= 0; next = rest.IndexOfAny(s_escaped))
        {
            Plain(rest[..next]);
            Escape(rest[next]);
            rest = rest[(next + 1)..];
        }

        Plain(rest);
        _bytes.Append((byte)'"');
    }

    private void Plain(ReadOnlySpan<char> text)
    {
        // Three bytes are the most a UTF-16 unit takes.
        var room = _bytes.Room(text.Length * 3);
        if (Utf8.FromUtf16(text, room, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            throw new BpcException(
                BpcError.Validation, "a string holds half of a surrogate pair, which is not Unicode");
        }

        _bytes.Advance(written);
    }

    private void Escape(char c) => _bytes.Append(c switch
    {
        '"' => "\\\""u8,
        '\\' => "\\\\"u8,
        '\b' => "\\b"u8,
        '\t' => "\\t"u8,
        '\n' => "\\n"u8,
        '\f' => "\\f"u8,
        '\r' => "\\r"u8,
        _ => [.. "\\u00"u8, Hex(c >> 4), Hex(c & 15)],
    });

    private static byte Hex(int digit) => "0123456789abcdef"u8[digit];
}
