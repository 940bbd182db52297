using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Bpc.Core.Canonical;

/// <summary>
/// Writes canonical bytes forward. Members of an object must be named in ordinal order (UTF-16 code units, RFC 8785 §3.2.3);
/// a name out of order or repeated is an error, so that the bytes cannot be non-canonical.
/// </summary>
public sealed class CanonicalWriter
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _out = new(512);
    private readonly Stack<string?> _open = new();
    private bool _first = true;

    public ReadOnlySpan<byte> Written => _out.WrittenSpan;

    public byte[] ToArray() => _out.WrittenSpan.ToArray();

    /// <summary>Empties the writer for the next document, keeping its buffer.</summary>
    public void Clear()
    {
        _out.ResetWrittenCount();
        _open.Clear();
        _first = true;
    }

    public void BeginObject() => Open((byte)'{', "");

    public void EndObject() => Close((byte)'}');

    public void BeginArray() => Open((byte)'[', null);

    public void EndArray() => Close((byte)']');

    /// <summary>Names the next member; names must ascend.</summary>
    public void Name(string name)
    {
        if (!_open.TryPop(out var last) || last is null)
        {
            throw new InvalidOperationException($"'{name}' is a member name, but no object is open");
        }

        if (!_first && string.CompareOrdinal(name, last) <= 0)
        {
            throw new InvalidOperationException($"member '{name}' after '{last}': canonical members ascend and are unique");
        }

        _open.Push(name);
        Separate();
        Quoted(name);
        Byte((byte)':');
        _first = true;
    }

    public void Text(string value)
    {
        Separate();
        Quoted(value);
    }

    public void Integer(long value)
    {
        if (value is > CanonicalJson.MaxInteger or < -CanonicalJson.MaxInteger)
        {
            throw new BpcException(BpcError.Validation, $"{value} is outside ±(2^53 − 1); write it as a string");
        }

        Separate();
        var span = _out.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        _out.Advance(written);
    }

    public void Bool(bool value)
    {
        Separate();
        _out.Write(value ? "true"u8 : "false"u8);
    }

    public void Null()
    {
        Separate();
        _out.Write("null"u8);
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
            case JsonValue.Record record:
                BeginObject();
                foreach (var (name, member) in record.Members.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    Name(name);
                    Value(member);
                }

                EndObject();
                break;
            default: throw new ArgumentException($"not a JSON value: {value}", nameof(value));
        }
    }

    /// <summary>Puts bytes that already are one canonical value in this place.</summary>
    public void Raw(ReadOnlySpan<byte> canonicalValue)
    {
        Separate();
        _out.Write(canonicalValue);
    }

    private void Open(byte bracket, string? kind)
    {
        if (_open.Count >= CanonicalJson.MaxDepth)
        {
            throw new BpcException(BpcError.Validation, $"nested deeper than {CanonicalJson.MaxDepth} levels");
        }

        Separate();
        Byte(bracket);
        _open.Push(kind);
        _first = true;
    }

    private void Close(byte bracket)
    {
        _open.Pop();
        Byte(bracket);
        _first = false;
    }

    private void Separate()
    {
        if (!_first)
        {
            Byte((byte)',');
        }

        _first = false;
    }

    private void Byte(byte value)
    {
        _out.GetSpan(1)[0] = value;
        _out.Advance(1);
    }

    private void Quoted(string value)
    {
        Byte((byte)'"');
        var rest = value.AsSpan();
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(s_escaped);
            var run = plain < 0 ? rest : rest[..plain];
            Plain(run);
            if (plain < 0)
            {
                break;
            }

            Escape(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        Byte((byte)'"');
    }

    // RFC 8785 §3.2.2.2: only these are escaped; everything else is raw UTF-8.
    private static readonly SearchValues<char> s_escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private void Plain(ReadOnlySpan<char> text)
    {
        try
        {
            var span = _out.GetSpan(s_strict.GetMaxByteCount(text.Length));
            _out.Advance(s_strict.GetBytes(text, span));
        }
        catch (EncoderFallbackException e)
        {
            throw new BpcException(BpcError.Validation, "a string holds half of a surrogate pair, which is not Unicode", inner: e);
        }
    }

    private void Escape(char c)
    {
        var text = c switch
        {
            '"' => "\\\"", '\\' => "\\\\", '\b' => "\\b", '\t' => "\\t", '\n' => "\\n", '\f' => "\\f", '\r' => "\\r",
            _ => $"\\u{(int)c:x4}",
        };
        _out.Write(Encoding.ASCII.GetBytes(text));
    }
}
