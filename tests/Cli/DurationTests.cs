using Bpc.Cli;

namespace Bpc.Tests.Cli;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", "00:01:30")]
    [InlineData("30m", "00:30:00")]
    [InlineData("2h", "02:00:00")]
    [InlineData("1d", "1.00:00:00")]
    [InlineData("00:30:00", "00:30:00")]
    [InlineData("1:30:00", "01:30:00")]
    [InlineData("2.12:00:00", "2.12:00:00")]
    public void A_person_s_way_of_writing_a_time_is_read(string typed, string meant) =>
        Assert.Equal(TimeSpan.Parse(meant, null), Duration.Read(typed));

    [Theory]
    [InlineData("30")] // of what? TimeSpan itself would read days
    [InlineData("30 m")]
    [InlineData("m")]
    [InlineData("")]
    [InlineData("-30m")]
    [InlineData("1.5h")]
    [InlineData("30M")]
    [InlineData("1w")]
    [InlineData("00:30")]
    [InlineData("25:00:00")]
    [InlineData("9999999999d")]
    public void What_leaves_it_open_is_refused(string typed) => Assert.Null(Duration.Read(typed));
}
