using System.Text;
using Bpc.Core.Passports.Signing;

namespace Bpc.Tests.Passports;

public sealed class OpensslTests
{
    private static readonly SignableReceipt s_receipt = SignableReceipt.Of(Sample.Compiled().Receipt);

    [Fact]
    public async Task Openssl_accepts_our_signature_and_no_other()
    {
        using var files = new TemporaryFiles();
        using var signer = ReceiptSigner.Load("key", ReceiptSigner.NewPrivateKey());
        var signature = signer.Sign(s_receipt);
        var key = files.Write("key.pem", Encoding.ASCII.GetBytes(Sample.PublicPem(signature.PublicKey)));
        var message = files.Write("hash.bin", Convert.FromHexString(s_receipt.Hash));

        Assert.Equal(0, (await VerifyAsync(signature.Signature)).ExitCode);
        signature.Signature[0] ^= 1;
        Assert.NotEqual(0, (await VerifyAsync(signature.Signature)).ExitCode);

        Task<ToolResult> VerifyAsync(byte[] bytes) => Tool.RunAsync(
            "openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in", message,
            "-sigfile", files.Write("signature.bin", bytes));
    }

    [Fact]
    public async Task The_quickstarts_openssl_key_loads_and_signs_as_openssl_does()
    {
        using var files = new TemporaryFiles();
        var pem = (await Tool.RunAsync("openssl", "genpkey", "-algorithm", "ed25519")).Output;
        var key = files.Write("key.pem", Encoding.ASCII.GetBytes(pem));
        var message = files.Write("hash.bin", Convert.FromHexString(s_receipt.Hash));
        var theirs = files.Write("signature.bin", []);
        await Tool.RunAsync("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", message, "-out", theirs);

        using var signer = ReceiptSigner.Load("key", Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)));

        var signature = await File.ReadAllBytesAsync(theirs, TestContext.Current.CancellationToken);
        Assert.Equal(signature, signer.Sign(s_receipt).Signature);
    }

    [Fact]
    public async Task Openssl_reads_a_key_we_made()
    {
        using var files = new TemporaryFiles();
        var made = ReceiptSigner.NewPrivateKey();
        var key = files.Write("key.pem", Convert.FromBase64String(made));
        var publicPem = (await Tool.RunAsync("openssl", "pkey", "-in", key, "-pubout")).Output;

        using var signer = ReceiptSigner.Load("key", made);
        Assert.Equal(signer.PublicKey, Assert.Single(PublicKeyReader.Read(publicPem)));
    }
}
