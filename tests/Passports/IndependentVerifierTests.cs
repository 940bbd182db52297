using System.Diagnostics;
using System.Text;
using Bpc.Core.Passports.Verifying;

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
    public async Task It_refuses_a_picture_with_bytes_behind_its_pixels()
    {
        var passport = Sample.Sign(Sample.Compiled());
        var longer = QrCodeTests.WithPixelData(passport.QrPng, data => [.. data, 0]);
        var result = await VerifyAsync(Bundle.Write(passport with { QrPng = longer }));
        Assert.Equal((1, "MISMATCH qr picture: rows\n"), (result.ExitCode, result.Errors));
    }

    [Fact]
    public async Task It_refuses_a_name_with_a_dot_where_a_value_is_nested_by_its_dots()
    {
        var flat = Bundle.Write(Resigned.With(
            "section/fields",
            """
            {"battery.capacity_kwh":"75.500","battery":{"made":{"place":{"audited":true,"cells":192,"country":"FR"}}}}
            """));

        Assert.Equal("values", BundleVerifier.Verify(flat, [BundleVerifierTests.PublicKey(1)]).Mismatch?.Name);
        Assert.Equal(
            "MISMATCH field battery.capacity_kwh in section public is not nested by its dots\n",
            (await VerifyAsync(flat)).Errors);
    }

    [Theory]
    [InlineData("public")]
    [InlineData("public,restricted,legitimate_interest")]
    public async Task It_verifies_a_view_and_refuses_one_that_was_changed(string sections)
    {
        var view = Encoding.UTF8.GetString(Sample.ViewBytes(sections.Split(',')));
        var whole = await VerifyAsync(Encoding.UTF8.GetBytes(view));
        Assert.Equal(("", 0), (whole.Errors, whole.ExitCode));
        (string Text, string By)[] changes =
            [("75.500", "75.501"), ("\"salt\":\"", "\"salt\":\"0"), ("SN-0001", "SN-0002")];
        foreach (var (text, by) in changes)
        {
            var changed = view.Replace(text, by, StringComparison.Ordinal);
            Assert.NotEqual(view, changed);
            Assert.Equal(1, (await VerifyAsync(Encoding.UTF8.GetBytes(changed))).ExitCode);
        }
    }

    [Fact]
    public async Task It_agrees_with_itself_under_a_published_JCS_library()
    {
        var home = Directory.CreateTempSubdirectory("bpc-jcs-");
        try
        {
            var refusal = await RefusalOfNpmAsync(home);
            Assert.SkipWhen(refusal is not null, $"npm cannot install canonicalize here: {refusal}");
            var library = Path.Combine(home.FullName, "node_modules", "canonicalize", "lib", "canonicalize.js");
            Assert.Equal(0, (await VerifyAsync(_bundle, library)).ExitCode);
            Assert.Equal(0, (await VerifyAsync(Sample.ViewBytes("public"), library)).ExitCode);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task It_refuses_another_signer()
    {
        var result = await VerifyAsync(Sample.BundleBytes(seed: 2));
        Assert.Equal((1, "MISMATCH signer\n"), (result.ExitCode, result.Errors));
    }

    public void Dispose() => _files.Dispose();

    // A registry out of reach is not this project's failure.
    private static async Task<string?> RefusalOfNpmAsync(DirectoryInfo home)
    {
        try
        {
            var install = await Tool.RunAsync(
                "npm", "install", "canonicalize@2.1.0", "--prefix", home.FullName, "--ignore-scripts", "--no-audit",
                "--no-fund", "--fetch-retries=0", "--fetch-timeout=10000");
            return install.ExitCode == 0 ? null : install.Errors;
        }
        catch (TimeoutException e)
        {
            return e.Message;
        }
    }

    private Task<ToolResult> VerifyAsync(byte[] file, string? library = null)
    {
        using var signer = Sample.Signer();
        var start = new ProcessStartInfo("node",
        [
            Path.Combine(Repository.Root, "tests", "Passports", "verify-bundle.mjs"),
            _files.Write("file.json", file),
            _files.Write("key.pem", Encoding.ASCII.GetBytes(Sample.PublicPem(signer.PublicKey))),
        ]);
        if (library is not null)
        {
            start.Environment["JCS_LIBRARY"] = library;
        }

        return Tool.RunAsync(start);
    }
}
