using System.Buffers.Text;
using Bpc.Core;
using Bpc.Core.Passports.Signing;

namespace Bpc.Tests.Passports;

public sealed class PublicKeyReaderTests : IDisposable
{
    private readonly ReceiptSigner _signer = ReceiptSigner.Load("key", ReceiptSigner.NewPrivateKey());

    private string Pem => Sample.PublicPem(_signer.PublicKey);

    [Fact]
    public void Raw_base64_spki_base64_and_pem_are_one_key()
    {
        var spki = Convert.ToBase64String(Sample.Spki(_signer.PublicKey));
        foreach (var form in new[] { Convert.ToBase64String(_signer.PublicKey), $"{spki}\n", Pem })
        {
            Assert.Equal(_signer.PublicKey, Assert.Single(PublicKeyReader.Read(form)));
        }
    }

    [Fact]
    public void A_file_of_two_pems_holds_two_keys() =>
        Assert.Equal(2, PublicKeyReader.Read($"old key:\n{Pem}\nnew key:\n{Pem}").Count);

    [Fact]
    public void A_key_set_gives_its_ed25519_keys_and_passes_over_the_others()
    {
        var x = Base64Url.EncodeToString(_signer.PublicKey);
        var set = $$"""
            {"keys": [{"kty": "RSA", "n": "AQAB"}, {"kty": "OKP", "crv": "X25519", "x": "{{x}}"},
            {"kty": "OKP", "crv": "Ed25519", "kid": "dev-key-1", "x": "{{x}}"}]}
            """;

        Assert.Equal(_signer.PublicKey, Assert.Single(PublicKeyReader.Read(set)));
        Assert.Equal(
            _signer.PublicKey, Assert.Single(PublicKeyReader.Read($$"""{"kty":"OKP","crv":"Ed25519","x":"{{x}}"}""")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("no key at all")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    [InlineData("{}")]
    [InlineData("{\"keys\": 3}")]
    [InlineData("{\"keys\": [3]}")]
    [InlineData("{\"keys\": []}")]
    [InlineData("{\"keys\": [{\"kty\": \"OKP\", \"crv\": \"Ed25519\"}]}")]
    [InlineData("{\"keys\": [{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"%%\"}]}")]
    [InlineData("{\"keys\"")]
    public void What_holds_no_key_is_refused_with_the_forms_that_do(string text)
    {
        var refusal = Assert.Throws<BpcException>(() => PublicKeyReader.Read(text));
        Assert.Equal(BpcError.Validation, refusal.Code);
        Assert.Contains("BEGIN PUBLIC KEY", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _signer.Dispose();
}
