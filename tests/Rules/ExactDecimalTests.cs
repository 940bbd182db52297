using System.Numerics;
using Bpc.Core.Numbers;
using FsCheck;
using FsCheck.Fluent;

namespace Bpc.Tests.Rules;

public sealed class ExactDecimalTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("75.500")]
    [InlineData("-0.001")]
    [InlineData("123456789012345678901234567890.123456789012345678")]
    public void The_plain_form_is_read_and_written_with_its_digits(string text)
    {
        Assert.True(ExactDecimal.TryParse(text, out var value));
        Assert.Equal(text, value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("٣")]
    public void Any_other_form_is_refused(string text) => Assert.False(ExactDecimal.TryParse(text, out _));

    [Theory]
    [InlineData("2.5", 0, "2")]
    [InlineData("3.5", 0, "4")]
    [InlineData("-2.5", 0, "-2")]
    [InlineData("-2.51", 0, "-3")]
    [InlineData("0.125", 2, "0.12")]
    [InlineData("0.1250001", 2, "0.13")]
    [InlineData("1.5", 3, "1.500")]
    public void Rounding_is_half_to_even(string text, int scale, string rounded)
    {
        Assert.True(ExactDecimal.TryParse(text, out var value));
        Assert.Equal(rounded, value.Round(scale).ToString());
    }

    [Fact]
    public void A_number_with_too_many_digits_is_an_overflow_and_never_wraps()
    {
        var large = new ExactDecimal(BigInteger.Pow(10, 50), 0);
        Assert.Throws<OverflowException>(() => large * large);
        Assert.Throws<OverflowException>(
            () => new ExactDecimal(BigInteger.Pow(10, 75) * 9, 0) + new ExactDecimal(BigInteger.Pow(10, 75), 0));
    }

    [Fact]
    public void Sums_products_and_quotients_are_those_of_whole_numbers() => Prop.ForAll<long, long>((a, b) =>
    {
        var (x, y) = (new ExactDecimal(a, 18), new ExactDecimal(b, 18));
        var product = x * y;
        Assert.Equal(((BigInteger)a + b, 18), ((x + y).Unscaled, (x + y).Scale));
        Assert.Equal(((BigInteger)a * b, 36), (product.Unscaled, product.Scale));
        if (b != 0)
        {
            // The rounded quotient is within half of its last digit.
            var error = (ExactRatio.Of(x, y).Round(10).Unscaled * b) - (a * BigInteger.Pow(10, 10));
            Assert.True(BigInteger.Abs(error * 2) <= BigInteger.Abs(b), $"{a} / {b}");
        }
    }).QuickCheckThrowOnFailure();
}
