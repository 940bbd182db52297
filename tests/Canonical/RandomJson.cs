using Bpc.Core.Canonical;

namespace Bpc.Tests.Canonical;

/// <summary>Random JSON values of the canonical profile, with the strings and numbers that break writers.</summary>
internal sealed class RandomJson(int seed)
{
    private static readonly string[] s_pieces =
    [
        "a", "A", "10", "9", "\"", "\\", "/", "\b\t\n\f\r",
        "\u0000", "\u001f", "\u007f", "\u0080", "é", "e\u0301", "\u2028", "€", "電",
        "\uD83D\uDE02", "\uD834\uDD1E", "\uFB33", "\uFEFF", "\uFFFF", "</script>",
    ];

    private static readonly long[] s_integers =
        [0, 1, -1, 10, 56, 4_294_967_296, CanonicalJson.MaxInteger, -CanonicalJson.MaxInteger];

    private readonly Random _random = new(seed);

    public JsonValue Value(int depth = 4) => _random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => JsonValue.Null.Value,
        1 => _random.Next(2) == 0,
        2 => s_integers[_random.Next(s_integers.Length)],
        3 or 4 => Text(),
        5 => JsonValue.Array(Enumerable.Range(0, _random.Next(5)).Select(_ => Value(depth - 1))),
        _ => Object(depth - 1),
    };

    public string Text() => string.Concat(_random.GetItems(s_pieces, _random.Next(5)));

    public JsonValue.Record Object(int depth = 3) => JsonValue.Object(
        Enumerable.Range(0, _random.Next(8)).Select(_ => Text()).Distinct().Select(name => (name, Value(depth))));

    /// <summary>The same value with the members of every object in another order.</summary>
    public JsonValue Shuffled(JsonValue value) => value switch
    {
        JsonValue.List list => JsonValue.Array(list.Items.Select(Shuffled)),
        JsonValue.Record record => JsonValue.Object(
            record.Members.OrderBy(_ => _random.Next()).Select(member => (member.Key, Shuffled(member.Value)))),
        _ => value,
    };

    /// <summary>The bytes with one of them changed, added or removed.</summary>
    public byte[] Damaged(byte[] bytes)
    {
        var at = _random.Next(bytes.Length);
        var other = (byte)_random.Next(256);
        return _random.Next(3) switch
        {
            0 => [.. bytes[..at], other, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], other, .. bytes[at..]],
            _ => [.. bytes[..at], .. bytes[(at + 1)..]],
        };
    }
}
