using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;

namespace Bpc.Tests.Canonical;

/// <summary>
/// RFC 8785 by its own examples, and by the test files of its authors where BPC_TEST_VECTORS names their folder.
/// </summary>
public sealed class Rfc8785Tests
{
    [Fact]
    public void The_hash_example_of_the_documentation()
    {
        var value = CanonicalReader.Read("""{"b":2,"a":1}"""u8);
        Assert.Equal("""{"a":1,"b":2}""", Encoding.UTF8.GetString(CanonicalJson.Write(value)));
        Assert.Equal("43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777", CanonicalJson.HashHex(value));
    }

    // §3.2.2 of the RFC, without its numbers, which are outside the profile.
    [Fact]
    public void Literals_and_strings_are_written_as_in_the_RFC() => Assert.Equal(
        "{\"literals\":[null,true,false],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
        Canonical("""
            {
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """));

    // §3.2.3 of the RFC.
    [Fact]
    public void Members_are_sorted_by_UTF16_code_units_as_in_the_RFC() => Assert.Equal(
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
        + "\"\uD83D\uDE00\":\"Emoji: Grinning Face\",\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}",
        Canonical("""
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """));

    // Appendix B of the RFC, as far as its numbers are integers of the profile.
    [Theory]
    [InlineData("0", "0")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("-9007199254740991", "-9007199254740991")]
    public void Integers_within_two_to_the_53_are_written_as_they_are(string number, string written) =>
        Assert.Equal(written, Canonical(number));

    [Theory]
    [InlineData("-0")]
    [InlineData("5e-324")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("9007199254740992")]
    [InlineData("-9007199254740992")]
    [InlineData("295147905179352830000")]
    [InlineData("9.999999999999997e22")]
    [InlineData("1e23")]
    [InlineData("999999999999999700000")]
    [InlineData("1e21")]
    [InlineData("333333333.3333332")]
    [InlineData("0.000001")]
    [InlineData("1.0")]
    [InlineData("1E400")]
    public void Every_other_number_of_the_RFC_is_refused_with_its_place(string number)
    {
        var refused = Assert.Throws<BpcException>(() => Canonical($$"""{"a~b": [{"/": {{number}}}]}"""));
        Assert.Equal(BpcError.Validation, refused.Code);
        Assert.Equal("/a~0b/0/~1", Assert.Single(refused.Violations).Where);
        Assert.Contains("write any other number as text", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arrays")]
    [InlineData("french")]
    [InlineData("unicode")]
    [InlineData("weird")]
    public void The_authors_files_within_the_profile_give_their_bytes(string name)
    {
        var written = CanonicalJson.Write(CanonicalReader.Read(Vector("input", $"{name}.json")));
        Assert.Equal(Vector("output", $"{name}.json"), written);
        var hex = Encoding.ASCII.GetString(Vector("outhex", $"{name}.txt"));
        Assert.Equal(Convert.FromHexString(string.Concat(hex.Where(c => !char.IsWhiteSpace(c)))), written);
    }

    [Theory]
    [InlineData("structures", "/1/\"\\u000a\"")]
    [InlineData("values", "/numbers/0")]
    public void The_authors_files_with_fractions_are_refused_with_the_place(string name, string pointer)
    {
        var refused = Assert.Throws<BpcException>(() => CanonicalReader.Read(Vector("input", $"{name}.json")));
        Assert.Equal(pointer, Assert.Single(refused.Violations).Where);
        Assert.Contains("numbers are integers within", refused.Message, StringComparison.Ordinal);
    }

    private static string Canonical(string json) =>
        Encoding.UTF8.GetString(CanonicalJson.Write(CanonicalReader.Read(Encoding.UTF8.GetBytes(json))));

    private static byte[] Vector(string folder, string file)
    {
        var vectors = Environment.GetEnvironmentVariable("BPC_TEST_VECTORS");
        Assert.SkipWhen(vectors is null, "BPC_TEST_VECTORS does not say where the published vectors are");
        return File.ReadAllBytes(Path.Combine(vectors!, "rfc8785-jcs", "testdata", folder, file));
    }
}
