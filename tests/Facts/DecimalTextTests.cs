using Bpc.Core.Facts;

namespace Bpc.Tests.Facts;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("75.5", "75.5")]
    [InlineData("12", "12")]
    [InlineData("-0", "0")]
    [InlineData("-0.00", "0.00")]
    [InlineData("1e3", "1000")]
    [InlineData("1E+3", "1000")]
    [InlineData("1.50", "1.50")]
    [InlineData("1.50e1", "15.0")]
    [InlineData("1.50e2", "150")]
    [InlineData("1.5e-3", "0.0015")]
    [InlineData("-12.5e-1", "-1.25")]
    [InlineData("0.00e1", "0.0")]
    [InlineData("0e3", "0")]
    [InlineData("0.5e1", "5")]
    [InlineData("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789")]
    public void A_number_becomes_plain_text_with_its_digits(string written, string plain) =>
        Assert.Equal(plain, DecimalText.Read(written));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("007")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1,5")]
    [InlineData("1_000")]
    [InlineData(" 1")]
    [InlineData("1\n")]
    [InlineData("1e")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("١")]
    [InlineData("1e60")]
    [InlineData("1e-60")]
    [InlineData("1e400")]
    [InlineData("0e999999999999")]
    [InlineData("1e-2147483648")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901")]
    public void What_is_no_number_or_an_absurd_one_is_refused(string written) => Assert.Null(DecimalText.Read(written));
}
