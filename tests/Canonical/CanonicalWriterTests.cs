using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;

namespace Bpc.Tests.Canonical;

public sealed class CanonicalWriterTests
{
    [Fact]
    public void Bytes_are_written_forward()
    {
        using var writer = new CanonicalWriter();
        for (var i = 0; i < 2; i++)
        {
            writer.Restart();
            writer.BeginObject();
            writer.Name("a");
            writer.BeginArray();
            writer.Integer(-1);
            writer.Null();
            writer.BeginObject();
            writer.EndObject();
            writer.EndArray();
            writer.Name("b");
            writer.Raw("""{"x":"y"}"""u8);
            writer.Name("c");
            writer.Bool(true);
            writer.EndObject();
        }

        Assert.Equal("""{"a":[-1,null,{}],"b":{"x":"y"},"c":true}""", Encoding.UTF8.GetString(writer.ToArray()));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("b", "a")]
    [InlineData("é", "e\u0301")]
    [InlineData("\uFB33", "\uD83D\uDE00")] // By code points it would be the other way round.
    public void Names_must_ascend(string first, string second)
    {
        var writer = new CanonicalWriter();
        writer.BeginObject();
        writer.Name(first);
        writer.Null();
        Assert.Throws<InvalidOperationException>(() => writer.Name(second));
    }

    private static readonly Action<CanonicalWriter>[] s_misuses =
    [
        w => w.Name("a"),
        w => w.EndObject(),
        w => w.EndArray(),
        w => { w.Null(); w.Null(); },
        w => { w.BeginArray(); w.Name("a"); },
        w => { w.BeginArray(); w.EndObject(); },
        w => { w.BeginObject(); w.Null(); },
        w => { w.BeginObject(); w.BeginArray(); },
        w => { w.BeginObject(); w.EndArray(); },
        w => { w.BeginObject(); w.Name("a"); w.Name("b"); },
        w => { w.BeginObject(); w.Name("a"); w.EndObject(); },
        w => { w.BeginObject(); w.ToArray(); },
    ];

    [Fact]
    public void What_would_not_be_JSON_cannot_be_written() =>
        Assert.All(s_misuses, misuse => Assert.Throws<InvalidOperationException>(() => misuse(new())));

    [Fact]
    public void Half_a_surrogate_pair_is_refused_in_texts_and_names()
    {
        string[] halves = ["\uD800", "x\uDC00", "\uD800\n\uDC00"];
        Assert.All([.. halves, .. halves.Select(half => JsonValue.Object((half, 1)))], (JsonValue value) =>
            Assert.Equal(BpcError.Validation, Assert.Throws<BpcException>(() => CanonicalJson.Write(value)).Code));
    }

    [Fact]
    public void Every_character_is_written_as_the_RFC_says()
    {
        for (var c = 0; c < 0x80; c++)
        {
            var expected = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < 0x20 => $"\\u{c:x4}",
                _ => $"{(char)c}",
            };
            Assert.Equal($"\"{expected}\"", Encoding.UTF8.GetString(CanonicalJson.Write($"{(char)c}")));
        }
    }

    [Theory]
    [InlineData(CanonicalJson.MaxInteger + 1)]
    [InlineData(-CanonicalJson.MaxInteger - 1)]
    [InlineData(long.MinValue)]
    public void Integers_that_a_double_cannot_hold_are_refused(long value) =>
        Assert.Equal(BpcError.Validation, Assert.Throws<BpcException>(() => CanonicalJson.Write(value)).Code);
}
