using System.Text;
using System.Text.Json;
using Bpc.Core.Passports.Qr;
using Bpc.Core.Passports.Verifying;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Cli;

/// <summary>What <c>bpc verify</c> says of a file, beyond that it verifies.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private const string NotChecked = "whether it was revoked since";

    private readonly TemporaryFiles _files = new();
    private readonly SignedPassport _passport = Sample.Sign(Sample.Compiled());
    private readonly string _key = Convert.ToBase64String(BundleVerifierTests.PublicKey(1));

    public static TheoryData<string> Kinds => ["bundle", "view"];

    [Theory, MemberData(nameof(Kinds))]
    public async Task It_says_what_it_verified(string kind)
    {
        var answer = await Bpc.RunAsync("verify", File(kind), "--key", _key);

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        foreach (var (name, value) in Facts)
        {
            Assert.Matches($"(?m)^{name}: +{value}$", answer.Output);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task It_says_so_in_json_too_with_the_name_the_key_set_gives_the_key(string kind)
    {
        var jwks = _files.Write("jwks.json", Encoding.UTF8.GetBytes(
            $$"""
            {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "{{Base64Url(9)}}", "signing_key_id": "old-key"},
            {"kty": "OKP", "crv": "Ed25519", "x": "{{Base64Url(1)}}", "kid": "abc", "signing_key_id": "dev-key-1"}]}
            """));

        var answer = JsonDocument.Parse(
            (await Bpc.RunAsync("verify", File(kind), "--key", jwks, "--json")).Output).RootElement;

        Assert.True(answer.GetProperty("verified").GetBoolean());
        var passport = answer.GetProperty("passport");
        foreach (var (name, value) in Facts)
        {
            Assert.Equal(value, passport.GetProperty(name).GetString());
        }

        Assert.Equal("dev-key-1", passport.GetProperty("signing_key_id").GetString());
        Assert.Equal([NotChecked], answer.GetProperty("not_checked").EnumerateArray().Select(n => n.GetString()));
    }

    [Fact]
    public async Task It_ends_with_what_it_cannot_know()
    {
        var lines = (await Bpc.RunAsync("verify", File("view"), "--key", _key)).Output.TrimEnd().Split('\n');
        Assert.Equal("VERIFIED", lines[^2].TrimEnd());
        Assert.Equal(
            $"not checked: {NotChecked}; /p/{Sample.Input.PassportVersionId}/status.json of its issuer tells",
            lines[^1].TrimEnd());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_code_on_the_label_is_compared(string kind)
    {
        var answer = await Bpc.RunAsync("verify", File(kind), "--key", _key, "--qr", $"{_passport.QrPayload}\n");
        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Contains("✓ label", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another battery", "its version is 01900000-0000-7000-8000-0000000000ff, not this one")]
    [InlineData("another payload", "its ph is not this version's")]
    [InlineData("what a terminal obeys", "its ph is not this version's")]
    [InlineData("a link", "it is no BPC1 code")]
    public async Task A_label_that_is_not_this_passports_fails_and_it_is_still_said_which_passport_this_is(
        string label, string because)
    {
        var text = label switch
        {
            "another battery" => QrCode.Payload(
                Guid.Parse("01900000-0000-7000-8000-0000000000ff"), new('1', 64), new('2', 64), new('3', 64)),
            "another payload" => _passport.QrPayload.Replace("ph=", "ph=A", StringComparison.Ordinal),
            "what a terminal obeys" => _passport.QrPayload.Replace("ph=", "\e[2Jph=", StringComparison.Ordinal),
            _ => $"https://example.org/p/{Sample.Input.PassportVersionId}",
        };
        foreach (var kind in new[] { "bundle", "view" })
        {
            var answer = await Bpc.RunAsync("verify", File(kind), "--key", _key, "--qr", text);
            Assert.Equal(1, answer.ExitCode);
            Assert.Contains($"NOT VERIFIED: label: {because}", answer.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("\e", answer.Output, StringComparison.Ordinal);
            Assert.Contains("SN-0001", answer.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_a_file_that_was_changed_nothing_is_said_as_if_it_were_so()
    {
        var changed = BundleVerifierTests.Edit(Sample.ViewBytes("public"), "payload/sku", "\"SKU-9\"");
        var answer = await Bpc.RunAsync("verify", _files.Write("changed.json", changed), "--key", _key);
        Assert.Equal(1, answer.ExitCode);
        Assert.DoesNotContain("SKU-9", answer.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static (string Name, string Value)[] Facts =>
    [
        ("sku", Sample.Input.Sku), ("serial_number", "SN-0001"), ("passport_id", $"{Sample.Input.PassportId}"),
        ("passport_version_id", $"{Sample.Input.PassportVersionId}"), ("tenant_id", $"{Sample.Input.TenantId}"),
        ("issued_at", "2027-02-18T09:05:07.123456Z"),
        ("signing_key_thumbprint", "UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4"),
    ];

    private string File(string kind) => _files.Write(
        $"{kind}.json", kind == "bundle" ? Bundle.Write(_passport) : Sample.ViewBytes(_passport, ["public"]));

    private static string Base64Url(byte seed) =>
        System.Buffers.Text.Base64Url.EncodeToString(BundleVerifierTests.PublicKey(seed));
}
