using Bpc.Core.Rules.Types;

namespace Bpc.Tests.Rules;

public sealed class UnitTests
{
    [Fact]
    public void A_unit_has_one_spelling()
    {
        var (kg, kwh, year) = (Unit.Of("kg"), Unit.Of("kWh"), Unit.Of("years"));
        Assert.Equal("kg/kWh", kg.Per(kwh).Text);
        Assert.Equal("kWh*kg", kg.Times(kwh).Text);
        Assert.Equal("kg^2/kWh^2/years", kg.Per(kwh).Times(kg.Per(kwh)).Per(year).Text);
        Assert.Equal("1/kWh", Unit.None.Per(kwh).Text);
        Assert.Equal("1/kWh^2", Unit.None.Per(kwh).Per(kwh).Text);
        Assert.Equal(("1", true), (kg.Per(kg).Text, kg.Per(kg).IsNone));
        Assert.Equal(kg, kg.Times(kwh).Per(kwh));
        Assert.NotEqual(kg, kwh);
        Assert.False(kg.Equals(null));
    }

    [Theory]
    [InlineData("kWh", "Wh", "1000", 0)]
    [InlineData("Wh", "kWh", "1", 3)]
    [InlineData("Wh", "J", "3600", 0)]
    [InlineData("t", "mg", "1000000000", 0)]
    [InlineData("mg", "t", "1", 9)]
    [InlineData("min", "h", null, 0)]
    [InlineData("h", "min", "60", 0)]
    [InlineData("years", "months", "12", 0)]
    [InlineData("months", "years", null, 0)]
    [InlineData("mAh", "Ah", "1", 3)]
    [InlineData("%", "ppm", "10000", 0)]
    [InlineData("l", "m", null, 0)]
    [InlineData("kg", "kWh", null, 0)]
    [InlineData("degC", "K", null, 0)]
    [InlineData("kg", "kg", "1", 0)]
    public void A_unit_becomes_another_by_an_exact_factor_or_not_at_all(
        string from, string to, string? factor, int scale)
    {
        var conversion = UnitTable.Conversion(Unit.Of(from), Unit.Of(to));
        Assert.Equal(factor, conversion?.Factor.ToString());
        Assert.Equal(scale, conversion?.AddedScale ?? 0);
    }

    [Fact]
    public void Products_and_powers_become_others_by_their_parts()
    {
        var perHour = Unit.Of("kWh").Per(Unit.Of("h"));
        Assert.Equal(("1", 0), Shown(perHour, Unit.Of("kW")));
        Assert.Equal(("1000", 0), Shown(perHour, Unit.Of("W")));
        Assert.Equal(("1", 0), Shown(Unit.Of("V").Times(Unit.Of("Ah")), Unit.Of("Wh")));
        Assert.Equal(("1", 0), Shown(Unit.Of("V").Per(Unit.Of("A")), Unit.Of("Ohm")));
        Assert.Equal(("1000000", 0), Shown(Unit.Of("m").Times(Unit.Of("m")), Unit.Of("mm").Times(Unit.Of("mm"))));
        Assert.Equal(("1", 3), Shown(Unit.Of("g").Per(Unit.Of("kWh")), Unit.Of("kg").Per(Unit.Of("kWh"))));
        Assert.Equal(
            ("1000", 0), Shown(Unit.Of("m").Times(Unit.Of("m")).Times(Unit.Of("m")), Unit.Of("l")));
        Assert.Null(UnitTable.Conversion(Unit.Of("kg").Per(Unit.Of("h")), Unit.Of("kg").Times(Unit.Of("h"))));

        static (string, int) Shown(Unit from, Unit to) => UnitTable.Conversion(from, to) is { } found
            ? (found.Factor.ToString(), found.AddedScale) : ("none", 0);
    }

    [Theory]
    [InlineData("mas", "mass", "mass")]
    [InlineData("masss", "mass", "mass")]
    [InlineData("maxx", "mass", null)]
    [InlineData("abcdxx", "abcdef", "abcdef")]
    [InlineData("abcxxx", "abcdef", null)]
    [InlineData("x", "ab", null)]
    [InlineData("a", "ab", "ab")]
    [InlineData("abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuvwxyz0123", "abcdefghijklmnopqrstuvwxyz0123")]
    [InlineData("abcdefghijklmnopqrstu", "abcdefghijklmnopqrstuvwxyz0123", null)]
    [InlineData("bat", "bat_b bat_a", null)]
    [InlineData("batt", "batb bata", "bata")]
    [InlineData("mas", "mask mass ma", "ma")]
    [InlineData("mass", "mask masses mass", "mass")]
    public void A_misspelt_name_has_a_nearest_one_or_none(string written, string names, string? nearest) =>
        Assert.Equal(nearest, Spelling.Nearest(written, names.Split(' ')));
}
