using System.Text;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Tests.Passports;

/// <summary>Files whose hashes and signature hold, but which say something in another form than the format's.</summary>
public sealed class TextFormTests : IDisposable
{
    private readonly TemporaryFiles _files = new();
    private readonly byte[][] _trusted = [BundleVerifierTests.PublicKey(1)];

    public static TheoryData<string, string, string> Forms() => new()
    {
        { "both/issued_at", "\"yesterday\"", "issued_at of the payload is not a time" },
        { "both/issued_at", "\"2027-02-18T09:05:07Z\"", "issued_at of the payload is not a time" },
        { "both/issued_at", "\"2027-02-30T09:05:07.123456Z\"", "issued_at of the payload is not a time" },
        { "both/passport_id", "\"7\"", "passport_id of the payload is not an id" },
        { "both/passport_version_id", "\"01900000-0000-7000-8000-00000000000A\"", "is not an id" },
        { "both/battery_product_id", "\"\"", "battery_product_id of the payload is not an id" },
        { "receipt/issued_at", "\"now\"", "issued_at of the receipt is not a time" },
        { "receipt/compiler_build_id", "7", "compiler_build_id of the receipt is not a string" },
        { "receipt/tenant_id", "\"acme\"", "tenant_id of the receipt is not an id" },
        { "receipt/snapshot_id", "\"{}\"", "snapshot_id of the receipt is not an id" },
        { "receipt/rule_package_version_id", "\"1\"", "rule_package_version_id of the receipt is not an id" },
        { "receipt/snapshot_hash", "\"55\"", "snapshot_hash of the receipt is not a hash" },
        { "receipt/dsl_sha256", "\"\"", "dsl_sha256 of the receipt is not a hash" },
        { "receipt/tests_sha256", $"\"{new string('A', 64)}\"", "tests_sha256 of the receipt is not a hash" },
        { "receipt/proof_root_hash", "\"none\"", "proof_root_hash of the receipt is not a hash" },
        { "payload/sku", "7", "sku of the payload is not a string" },
        { "payload/serial_number", "null", "serial_number of the payload is not a string" },
        { "payload/sections/restricted", "\"secret\"", "restricted of the payload's sections is not a hash" },
        { "section/compliance/0/cites", "[1]", "the citation of capacity_positive is neither a string nor null" },
        { "section/compliance/0/outcome", "\"EXCELLENT\"", "the outcome of capacity_positive is \"EXCELLENT\"" },
    };

    [Theory, MemberData(nameof(Forms))]
    public async Task A_signed_view_of_another_form_is_refused_here_and_by_the_independent_verifier(
        string path, string json, string because)
    {
        var view = View(path, json);

        var report = ViewVerifier.Verify(view, _trusted);

        Assert.Equal("view", report.Mismatch?.Name);
        Assert.Contains(because, report.Mismatch!.Detail, StringComparison.Ordinal);
        Assert.Equal(1, (await NodeAsync(view)).ExitCode);
    }

    [Theory]
    [InlineData("press")]
    [InlineData("")]
    [InlineData("Public")]
    public async Task A_view_for_an_audience_that_there_is_not_is_refused(string audience)
    {
        var view = BundleVerifierTests.Edit(Sample.ViewBytes("public"), "audience", $"\"{audience}\"");

        Assert.Equal("view", ViewVerifier.Verify(view, _trusted).Mismatch?.Name);
        Assert.Equal(1, (await NodeAsync(view)).ExitCode);
    }

    [Theory]
    [InlineData("public")]
    [InlineData("legitimate_interest")]
    [InlineData("authorities")]
    [InlineData("all")]
    public async Task Each_audience_there_is_may_be_named(string audience)
    {
        var view = BundleVerifierTests.Edit(Sample.ViewBytes("public"), "audience", $"\"{audience}\"");

        Assert.Null(ViewVerifier.Verify(view, _trusted).Mismatch);
        Assert.Equal(0, (await NodeAsync(view)).ExitCode);
    }

    [Fact]
    public async Task What_these_tests_sign_themselves_verifies_where_nothing_was_changed()
    {
        var view = View("payload/sku", "\"SKU-2\"");
        Assert.Null(ViewVerifier.Verify(view, _trusted).Mismatch);
        Assert.Equal(0, (await NodeAsync(view)).ExitCode);
    }

    public void Dispose() => _files.Dispose();

    private static byte[] View(string path, string json) =>
        Sample.ViewBytes(Resigned.With(path, json), ["public"]);

    private Task<ToolResult> NodeAsync(byte[] file) => Tool.RunAsync(
        "node", Path.Combine(Repository.Root, "tests", "Passports", "verify-bundle.mjs"),
        _files.Write("file.json", file),
        _files.Write("key.pem", Encoding.ASCII.GetBytes(Sample.PublicPem(_trusted[0]))));
}
