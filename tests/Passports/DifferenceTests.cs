using Bpc.Core.Canonical;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Proving;

namespace Bpc.Tests.Passports;

/// <summary>Of several differences the first in canonical order is named.</summary>
public sealed class DifferenceTests
{
    [Fact]
    public void Members_are_compared_in_the_order_of_their_names() => Assert.Equal(
        new JsonDifference("a", "1", "2"),
        JsonDifference.First(JsonValue.Object(("b", 1), ("a", 1)), JsonValue.Object(("b", 2), ("a", 2))));

    [Fact]
    public void Of_lists_of_different_length_the_first_item_only_one_has_is_named()
    {
        var (x, xy) = (JsonValue.Array("x"), JsonValue.Array("x", "y"));
        Assert.Equal(new("1", "nothing", "\"y\""), JsonDifference.First(x, xy));
        Assert.Equal(new("1", "\"y\"", "nothing"), JsonDifference.First(xy, x));
    }

    [Theory]
    [InlineData(198, "")]
    [InlineData(199, "…")]
    public void Of_a_long_value_two_hundred_characters_are_shown(int length, string end)
    {
        var difference = JsonDifference.First(new string('a', length), "b")!;
        Assert.Equal($"\"{new string('a', length)}\""[..200] + end, difference.Left);
    }

    [Fact]
    public void Of_several_fields_and_checks_that_only_the_proof_has_the_first_is_named()
    {
        Assert.Equal(
            "field a is in the proof, but in no section",
            ProvenValues.Mismatch([], new Dictionary<string, JsonValue> { ["b"] = 1, ["a"] = 1 }));
        Assert.Equal(
            "check a is in the proof, but in no section",
            ProvenValues.Mismatch([], new Dictionary<string, string> { ["b"] = "PASS", ["a"] = "PASS" }));
    }

    [Fact]
    public void Of_several_fields_that_only_a_section_has_the_first_is_named() => Assert.Equal(
        "field a is in a section, but not in the proof",
        ProvenValues.Mismatch([Section(("b", 1), ("a", 1))], new Dictionary<string, JsonValue>()));

    [Fact]
    public void A_member_named_by_a_whole_path_is_not_taken_for_the_field() => Assert.Equal(
        "member 'a.b' is not nested by its dots",
        ProvenValues.Mismatch([Section(("a.b", 1))], new Dictionary<string, JsonValue> { ["a.b"] = 1 }));

    [Fact]
    public void A_field_in_two_sections_is_named() => Assert.Equal(
        "field a is in two sections",
        ProvenValues.Mismatch(
            [Section(("a", 1)), Section(("a", 1))], new Dictionary<string, JsonValue> { ["a"] = 1 }));

    private static JsonValue.Record Section(params (string, JsonValue)[] fields) =>
        JsonValue.Object(("fields", JsonValue.Object(fields)));
}
