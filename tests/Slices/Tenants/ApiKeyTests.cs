using System.Text;
using Bpc.Core.ApiKeys;

namespace Bpc.Tests.Slices.Tenants;

public sealed class ApiKeyTests
{
    private static readonly byte[] s_pepper = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly ApiKey s_key = ApiKey.Make(
        "dev", [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff], [.. Enumerable.Range(0, 32).Select(i => (byte)(255 - i))]);

    [Fact]
    public void A_key_shows_its_environment_and_prefix()
    {
        Assert.Equal(
            "bpc_dev_aabbccddeeff_fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0", s_key.Text);
        Assert.Equal("aabbccddeeff", s_key.Prefix);
    }

    // openssl: printf %s "$key" | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
    [Fact]
    public void What_is_stored_is_HMAC_SHA256_of_the_whole_key_under_the_pepper() => Assert.Equal(
        "0fc66559df696743ba944eda3eeafea56cf2803dc39ad3d3c715907a1180b526",
        Convert.ToHexStringLower(s_key.Hash(s_pepper)));

    [Fact]
    public void Only_the_whole_key_under_the_same_pepper_matches()
    {
        var stored = s_key.Hash(s_pepper);

        Assert.True(ApiKey.Parse(s_key.Text)!.Matches(s_pepper, stored));
        Assert.False(ApiKey.Parse(s_key.Text[..^1] + "1")!.Matches(s_pepper, stored));
        Assert.False(s_key.Matches(Encoding.ASCII.GetBytes("another pepper"), stored));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bpc")]
    [InlineData("bpc_dev_aabbccddeeff")]
    [InlineData("bpc_dev_aabbccddeeff_00")]
    [InlineData("bpc_moon_aabbccddeeff_fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0")]
    [InlineData("bpc_dev_AABBCCDDEEFF_fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0")]
    [InlineData("bpc_dev_aabbccddeeff_fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0_")]
    public void What_is_no_key_is_not_taken_for_one(string text) => Assert.Null(ApiKey.Parse(text));

    [Fact]
    public void A_key_printed_by_mistake_gives_nothing_away() => Assert.Equal("API key aabbccddeeff", $"{s_key}");
}
