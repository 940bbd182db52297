using Bpc.Core;

namespace Bpc.Tests.Canonical;

public sealed class ShortTextTests
{
    [Theory]
    [InlineData("", 3, "")]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc…")]
    [InlineData("ab🔋", 4, "ab🔋")]
    [InlineData("ab🔋d", 4, "ab🔋…")]
    [InlineData("ab🔋d", 3, "ab…")]
    [InlineData("🔋", 1, "…")]
    public void Text_is_cut_between_characters_never_within_one(string text, int most, string shown) =>
        Assert.Equal(shown, ShortText.Of(text, most));

    [Fact]
    public void What_no_database_holds_is_replaced_and_everything_else_stays() =>
        Assert.Equal("a\ufffdb\ufffd\ufffd🔋\n", ShortText.Storable("a\0b\udd0b\ud83d🔋\n"));
}
