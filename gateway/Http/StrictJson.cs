using System.Text.Json;
using System.Text.Unicode;
using Bpc.Core;

namespace Bpc.Gateway.Http;

/// <summary>
/// Reads a body through before anything is made of it: JSON in UTF-8, not too deep, no name twice in one object, no
/// half of a surrogate pair. It keeps names, never values, so that a large body costs little more than itself.
/// </summary>
internal ref struct StrictJson(ReadOnlySpan<byte> utf8, int maxDepth)
{
    private readonly List<Level> _path = [];
    private Utf8JsonReader _reader = new(utf8, new JsonReaderOptions { MaxDepth = maxDepth });

    /// <summary>The first thing wrong with the body, with its JSON pointer; null where there is none.</summary>
    public static Violation? Check(ReadOnlySpan<byte> utf8, int maxDepth) => new StrictJson(utf8, maxDepth).Check();

    private Violation? Check()
    {
        try
        {
            while (_reader.Read())
            {
                if (Problem() is { } problem)
                {
                    return new(Pointer(), problem);
                }
            }

            return null;
        }
        catch (JsonException e)
        {
            _path.LastOrDefault()?.Next();
            return new(Pointer(), $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {Reason(e)}");
        }
    }

    private readonly string? Problem()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                _path.LastOrDefault()?.Next();
                _path.Add(new(_reader.TokenType == JsonTokenType.StartArray));
                return null;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _path.RemoveAt(_path.Count - 1);
                return null;
            case JsonTokenType.PropertyName:
                return Text() is not { } name ? "one of its names is no Unicode text"
                    : _path[^1].Name(name) ? null : "this member stands here twice";
            default:
                _path.LastOrDefault()?.Next();
                return _reader.TokenType == JsonTokenType.String && !IsUnicode()
                    ? "no Unicode text: half of a surrogate pair, or bytes that are not UTF-8" : null;
        }
    }

    private readonly bool IsUnicode() => _reader.ValueIsEscaped ? Text() is not null : Utf8.IsValid(_reader.ValueSpan);

    private readonly string? Text()
    {
        try
        {
            return _reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private readonly string Pointer() => string.Concat(_path.Select(level => level.Pointer));

    // The reader's own position is said already, counted from 1.
    private static string Reason(JsonException e) => e.Message.Split(" LineNumber:")[0];

    /// <summary>An object or array that is being read, and where in it the reader is.</summary>
    private sealed class Level(bool isArray)
    {
        private readonly HashSet<string>? _names = isArray ? null : [];
        private string? _name;
        private int _index = -1;

        public string Pointer => isArray ? _index < 0 ? "" : $"/{_index}" : _name is null ? "" : JsonPointer.Of(_name);

        /// <summary>False where the object has that name already.</summary>
        public bool Name(string name) => _names!.Add(_name = name);

        /// <summary>A value of this level begins; of an object it is that of the last name.</summary>
        public void Next() => _index++;
    }
}
