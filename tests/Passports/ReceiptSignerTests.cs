using System.Reflection;
using System.Text;
using Bpc.Core;
using Bpc.Core.Passports.Signing;
using NSec.Cryptography;

namespace Bpc.Tests.Passports;

public sealed class ReceiptSignerTests
{
    private readonly SignableReceipt _receipt = SignableReceipt.Of(Sample.Compiled().Receipt);
    private static readonly byte[] s_seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void Pem_der_and_seed_of_one_key_sign_the_same()
    {
        string[] forms = [Base64(Pem(s_seed)), Convert.ToBase64String(Der(s_seed)), Convert.ToBase64String(s_seed)];
        var signatures = forms.Select(form =>
            {
                using var signer = ReceiptSigner.Load("key", form);
                return Convert.ToHexString(signer.Sign(_receipt).Signature);
            });

        Assert.Single(signatures.Distinct());
    }

    [Fact]
    public void Line_breaks_within_the_base64_do_no_harm()
    {
        var pem = Encoding.ASCII.GetBytes(Pem(s_seed));
        var wrapped = Convert.ToBase64String(pem, Base64FormattingOptions.InsertLineBreaks);
        using var signer = ReceiptSigner.Load("key", wrapped + "\n");
        Assert.Equal(32, signer.PublicKey.Length);
    }

    [Fact]
    public void A_signature_names_its_key_and_verifies_for_its_hash_alone()
    {
        using var signer = ReceiptSigner.Load("dev-key-1", Convert.ToBase64String(s_seed));
        var signature = signer.Sign(_receipt);

        Assert.Equal("dev-key-1", signature.KeyId);
        Assert.True(ReceiptSigner.Verify(_receipt.Hash, signature.Signature, signature.PublicKey));
        Assert.False(ReceiptSigner.Verify(_receipt.Hash.Replace('4', '5'), signature.Signature, signature.PublicKey));
    }

    [Fact]
    public void Malformed_hashes_signatures_and_keys_do_not_verify_and_do_not_throw()
    {
        using var signer = ReceiptSigner.Load("key", Convert.ToBase64String(s_seed));
        var good = signer.Sign(_receipt);

        Assert.False(ReceiptSigner.Verify("", good.Signature, good.PublicKey));
        Assert.False(ReceiptSigner.Verify(new('z', 64), good.Signature, good.PublicKey));
        Assert.False(ReceiptSigner.Verify(_receipt.Hash, good.Signature.AsSpan(1), good.PublicKey));
        Assert.False(ReceiptSigner.Verify(_receipt.Hash, [], good.PublicKey));
        Assert.False(ReceiptSigner.Verify(_receipt.Hash, good.Signature, good.PublicKey.AsSpan(1)));
        Assert.False(ReceiptSigner.Verify(_receipt.Hash, good.Signature, new byte[32]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777")]
    [InlineData("""{"receipt_version":"BPC-RECEIPT-1"}""")]
    public void Nothing_but_a_receipt_is_signed(string text) =>
        Assert.Throws<BpcException>(() => SignableReceipt.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_receipt_that_is_not_canonical_or_of_another_version_is_not_signed()
    {
        var receipt = Encoding.UTF8.GetString(Sample.Compiled().Receipt);
        foreach (var changed in (string[])[$" {receipt}", receipt.Replace("BPC-RECEIPT-1", "BPC-RECEIPT-2")])
        {
            Assert.Throws<BpcException>(() => SignableReceipt.Of(Encoding.UTF8.GetBytes(changed)));
        }
    }

    [Fact]
    public void The_types_let_nobody_sign_anything_but_a_receipt()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
            | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var sign = Assert.Single(typeof(ReceiptSigner).GetMethods(all),
            m => m.ReturnType == typeof(ReceiptSignature) && !m.IsPrivate);
        var read = Assert.Single(typeof(SignableReceipt).GetMethods(all), m => m.ReturnType == typeof(SignableReceipt));

        Assert.Equal([typeof(SignableReceipt)], sign.GetParameters().Select(p => p.ParameterType));
        Assert.All(typeof(SignableReceipt).GetConstructors(all), c => Assert.True(c.IsPrivate));
        Assert.Equal(nameof(SignableReceipt.Of), read.Name);
        Assert.DoesNotContain(typeof(ReceiptSigner).GetFields(all), f => f.FieldType == typeof(Key) && !f.IsPrivate);
    }

    [Fact]
    public void A_key_whose_public_part_does_not_fit_is_refused_before_it_is_used()
    {
        using var key = Key.Create(SignatureAlgorithm.Ed25519);
        using var other = ReceiptSigner.Load("other", ReceiptSigner.NewPrivateKey());

        var refusal = Assert.Throws<BpcException>(
            () => ReceiptSigner.Tested(new("key", key, other.PublicKey)));

        Assert.Equal(BpcError.ConfigMissing, refusal.Code);
        Assert.Contains("self-test", refusal.Message);
    }

    [Fact]
    public void A_signature_that_does_not_verify_never_leaves_the_signer()
    {
        using var other = ReceiptSigner.Load("other", ReceiptSigner.NewPrivateKey());
        using var signer = new ReceiptSigner("key", Key.Create(SignatureAlgorithm.Ed25519), other.PublicKey);

        Assert.Equal(BpcError.SignatureInvalid, Assert.Throws<BpcException>(() => signer.Sign(_receipt)).Code);
    }

    [Fact]
    public void Many_threads_share_one_signer()
    {
        using var signer = ReceiptSigner.Load("key", Convert.ToBase64String(s_seed));
        var signatures = Enumerable.Range(0, 500).AsParallel().WithDegreeOfParallelism(8)
            .Select(_ => Convert.ToHexString(signer.Sign(_receipt).Signature)).Distinct();
        Assert.Single(signatures);
    }

    [Fact]
    public void A_new_key_is_what_openssl_would_have_made()
    {
        var made = ReceiptSigner.NewPrivateKey();
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(made));

        Assert.Equal(119, pem.Length);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI", pem, StringComparison.Ordinal);
        Assert.EndsWith("\n-----END PRIVATE KEY-----\n", pem, StringComparison.Ordinal);
        Assert.NotEqual(made, ReceiptSigner.NewPrivateKey());
        ReceiptSigner.Load("key", made).Dispose();
    }

    public static TheoryData<string, string> RefusedKeys() => new()
    {
        { "", "base64" },
        { "not base64!", "not base64" },
        { Pem(s_seed), "is the PEM text itself" },
        { Base64("Bag Attributes\n" + Pem(s_seed)), "text before its PEM header" },
        { Convert.ToBase64String([.. s_seed, .. s_seed]), "64 bytes" },
        { Convert.ToBase64String(s_seed[..31]), "no Ed25519 private key" },
        { Base64(Pem(s_seed).Replace("PRIVATE", "ENCRYPTED PRIVATE", StringComparison.Ordinal)), "encrypted" },
        { EncryptedDer, "encrypted" },
        { Base64(Pem(s_seed).Replace("PRIVATE", "PUBLIC", StringComparison.Ordinal)), "not a PKCS#8 one" },
        { Base64(Pem(s_seed)[..60]), "no Ed25519 private key" },
        { Convert.ToBase64String(Der(s_seed)[..40]), "no Ed25519 private key" },
        { Convert.ToBase64String(DerWithPublicKey), "no Ed25519 private key" },
    };

    [Theory, MemberData(nameof(RefusedKeys))]
    public void A_key_in_another_form_is_refused_with_what_is_right_and_never_repeated(string key, string reason)
    {
        var refusal = Assert.Throws<BpcException>(() => ReceiptSigner.Load("key", key));

        Assert.Equal(BpcError.ConfigMissing, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("openssl genpkey -algorithm ed25519 | base64 -w0", refusal.Message, StringComparison.Ordinal);
        Assert.Null(refusal.InnerException);
        foreach (var part in key.Split('\n', '-', ' ').Where(p => p.Length > 10))
        {
            Assert.DoesNotContain(part, refusal.ToString(), StringComparison.Ordinal);
        }
    }

    // openssl pkcs8 -topk8 -outform DER of a throw-away key, password "x"; only its outer shape matters here.
    private const string EncryptedDer =
        "MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBAmVEvOkkXGhPcRnYWtfKEzAgIIADAMBggqhkiG9w0CCQUAMB0G"
        + "CWCGSAFlAwQBKgQQ";

    // PKCS#8 version 2 (RFC 5958 §2) has a public key beside the private one; this one belongs to another.
    private static byte[] DerWithPublicKey =>
        [.. Convert.FromHexString("3051020101300506032B657004220420"), .. s_seed, 0x81, 0x21, 0, .. s_seed];

    private static byte[] Der(byte[] seed) => [.. Convert.FromHexString("302E020100300506032B657004220420"), .. seed];

    private static string Pem(byte[] seed) =>
        $"-----BEGIN PRIVATE KEY-----\n{Convert.ToBase64String(Der(seed))}\n-----END PRIVATE KEY-----\n";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
