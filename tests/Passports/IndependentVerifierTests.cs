using System.Text;
using Bpc.Core.Passports;

namespace Bpc.Tests.Passports;

/// <summary>A verifier in another language, written from docs/formats.md, judges our bundles as we do.</summary>
public sealed class IndependentVerifierTests : IDisposable
{
    private readonly TemporaryFiles _files = new();
    private readonly byte[] _bundle = Sample.BundleBytes();

    [Fact]
    public async Task It_verifies_a_bundle_and_the_qr_picture_reads_to_its_text()
    {
        var result = await VerifyAsync(_bundle);
        Assert.Equal("", result.Errors);
        Assert.Equal((0, "verified 01900000-0000-7000-8000-00000000000a\n"), (result.ExitCode, result.Output));

        var passport = Sample.Sign(RuleSample.Compiled());
        Assert.Equal(0, (await VerifyAsync(Bundle.Write(passport))).ExitCode);
        var read = await Tool.RunAsync("zbarimg", "--quiet", "--raw", _files.Write("qr.png", passport.QrPng));
        Assert.Equal(passport.QrPayload + "\n", read.Output);
    }

    [Theory]
    [InlineData("75.500", "75.501")]
    [InlineData("SKU-", "SKU ")]
    [InlineData("MISSING", "PASSING")]
    [InlineData("build-1", "build-2")]
    [InlineData("ED25519", "ED25518")]
    [InlineData("\"salt\":\"", "\"salt\":\"0")]
    [InlineData("{\"bundle", "{ \"bundle")]
    [InlineData("iVBOR", "iVBOS")]
    [InlineData("BPC1|pv=0", "BPC1|pv=1")]
    public async Task It_refuses_a_bundle_that_was_changed(string text, string by)
    {
        var bundle = Encoding.UTF8.GetString(_bundle);
        Assert.Contains(text, bundle, StringComparison.Ordinal);

        var result = await VerifyAsync(Encoding.UTF8.GetBytes(bundle.Replace(text, by, StringComparison.Ordinal)));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("MISMATCH ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_refuses_another_signer()
    {
        var result = await VerifyAsync(Sample.BundleBytes(seed: 2));
        Assert.Equal((1, "MISMATCH signer\n"), (result.ExitCode, result.Errors));
    }

    public void Dispose() => _files.Dispose();

    private Task<ToolResult> VerifyAsync(byte[] bundle)
    {
        using var signer = Sample.Signer();
        return Tool.RunAsync(
            "node", Path.Combine(Repository.Root, "tests", "Passports", "verify-bundle.mjs"),
            _files.Write("bundle.json", bundle),
            _files.Write("key.pem", Encoding.ASCII.GetBytes(Sample.PublicPem(signer.PublicKey))));
    }
}
