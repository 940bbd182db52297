using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules;

/// <summary>How a message shows the place it speaks of.</summary>
public sealed class SourceTextTests
{
    [Theory]
    [InlineData(0, "line 1, column 1")]
    [InlineData(1, "line 1, column 2")]
    [InlineData(2, "line 1, column 3")]
    [InlineData(3, "line 2, column 1")]
    [InlineData(4, "line 3, column 1")]
    [InlineData(6, "line 3, column 3")]
    public void A_place_has_a_line_and_a_column(int offset, string place) =>
        Assert.Equal(place, new SourceText("ab\n\ncd").Place(offset));

    [Theory]
    [InlineData("abc", 0, 1, "  abc\n  ^")]
    [InlineData("abc", 1, 2, "  abc\n   ^^")]
    [InlineData("abc", 1, 9, "  abc\n   ^^")]
    [InlineData("abc", 3, 0, "  abc\n     ^")]
    [InlineData("a\r\nbc\r\n", 0, 1, "  a\n  ^")]
    [InlineData("a\r\nbc\r\n", 4, 9, "  bc\n   ^")]
    [InlineData("\ta b", 3, 1, "  \ta b\n  \t  ^")]
    [InlineData("", 0, 0, "  \n  ^")]
    public void The_line_is_shown_with_carets_below_the_place(string source, int start, int length, string excerpt) =>
        Assert.Equal(excerpt, new SourceText(source).Excerpt(new(start, length)));

    [Theory]
    [InlineData(240, 239, "a240", 239)]
    [InlineData(241, 0, "a240…", 0)]
    [InlineData(300, 120, "a240…", 120)]
    [InlineData(300, 121, "…a240…", 121)]
    [InlineData(300, 150, "…a240…", 121)]
    [InlineData(300, 180, "…a240", 121)]
    [InlineData(300, 299, "…a240", 240)]
    public void Of_a_long_line_only_what_is_around_the_place_is_shown(int length, int at, string shown, int indent) =>
        Assert.Equal(
            $"  {shown.Replace("a240", new('a', 240))}\n  {new string(' ', indent)}^",
            new SourceText($"short\n{new string('a', length)}\nshort").Excerpt(new(6 + at, 1)));
}
