using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;

namespace Bpc.Tests.Canonical;

public sealed class CanonicalReaderTests
{
    [Theory]
    [InlineData("""{"a": 1, "a": 2}""", "/a", "twice")]
    [InlineData("""{"a": {"b": 1, "\u0062": 2}}""", "/a/b", "twice")]
    [InlineData("""{"a": ["\ud800"]}""", "/a/0", "surrogate")]
    [InlineData("""{"a": {"\udc00x": 1}}""", "/a", "surrogate")]
    [InlineData("""{"a": NaN}""", "", "not JSON")]
    [InlineData("""{"a": 01}""", "", "not JSON")]
    [InlineData("""{"a": 1,}""", "", "not JSON")]
    [InlineData("""{"a": 1} x""", "", "not JSON")]
    [InlineData("""{"a": /* why */ 1}""", "", "not JSON")]
    [InlineData("""{'a': 1}""", "", "not JSON")]
    [InlineData("\uFEFF{}", "", "not JSON")]
    [InlineData("{", "", "not JSON")]
    [InlineData("", "", "not JSON")]
    public void What_is_outside_the_profile_is_refused_with_its_place(string json, string where, string message)
    {
        var refused = Assert.Throws<BpcException>(() => CanonicalReader.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(BpcError.Validation, refused.Code);
        var violation = Assert.Single(refused.Violations);
        Assert.Equal(where, violation.Where);
        Assert.Contains(message, violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_is_refused() =>
        Assert.Throws<BpcException>(() => CanonicalReader.Read([(byte)'"', 0xC3, 0x28, (byte)'"']));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Values_nest_64_deep_in_both_directions(int depth, bool allowed)
    {
        var json = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        var value = Enumerable.Range(1, depth - 1).Aggregate(JsonValue.Array(), (inner, _) => JsonValue.Array(inner));
        if (allowed)
        {
            Assert.Equal(value, CanonicalReader.ReadCanonical(json));
            Assert.Equal(json, CanonicalJson.Write(value));
        }
        else
        {
            Assert.Equal(BpcError.Validation, Assert.Throws<BpcException>(() => CanonicalReader.Read(json)).Code);
            Assert.Equal(BpcError.Validation, Assert.Throws<BpcException>(() => CanonicalJson.Write(value)).Code);
        }
    }

    [Theory]
    [InlineData("""{"a":1, "b":2}""")]
    [InlineData("""{"b":2,"a":1}""")]
    [InlineData("""{"a":"\u0041"}""")]
    [InlineData("""{"a":"\/"}""")]
    [InlineData("""{"a":"\u000A"}""")]
    [InlineData("[1]\n")]
    public void Only_the_one_spelling_is_canonical(string json)
    {
        CanonicalReader.Read(Encoding.UTF8.GetBytes(json));
        Assert.Throws<BpcException>(() => CanonicalReader.ReadCanonical(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Values_are_equal_when_their_bytes_are()
    {
        var one = JsonValue.Object(("a", JsonValue.Array(1, "x")), ("b", JsonValue.Null.Value));
        var other = JsonValue.Object(("b", JsonValue.Null.Value), ("a", JsonValue.Array(1, "x")));
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, JsonValue.Object(("a", JsonValue.Array(1, "y")), ("b", JsonValue.Null.Value)));
        Assert.NotEqual(one, JsonValue.Object(("a", JsonValue.Array(1, "x")), ("c", JsonValue.Null.Value)));
    }
}
