using System.Security.Cryptography;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class ArtefactTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private readonly RunningGateway _gateway = fixture.Gateway;
    private Tenant _tenant = null!;
    private StoredPassport _passport = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await _gateway.CreateTenantAsync();
        _passport = await StoredPassport.InsertAsync(_gateway.Database, _tenant.Id);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Stored_bytes_are_served_as_they_are_and_may_be_kept_for_ever()
    {
        foreach (var (path, bytes) in new[]
        {
            ("payload", _passport.Artefacts.Payload), ("proof", _passport.Artefacts.Proof), (
                "qr.png", _passport.Artefacts.QrPng),
            ("sections/public", _passport.Artefacts.Sections["public"]),
            ("sections/legitimate_interest", _passport.Artefacts.Sections["legitimate_interest"]),
        })
        {
            var answer = await GetAsync(path);
            Assert.Equal(bytes, answer.Bytes);
            Assert.Equal("max-age=31536000, private, immutable", answer.Header("Cache-Control"));
            Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"", answer.Header("ETag"));
            Assert.Equal(304, (await GetAsync(path, ("If-None-Match", answer.Header("ETag")!))).Status);
        }
    }

    [Theory]
    [InlineData("passport-versions/{0}/receipt")]
    [InlineData("passport-versions/{0}/bundle")]
    [InlineData("document-versions/{1}/content")]
    [InlineData("passport-exports/{2}")]
    public async Task What_is_made_of_them_or_was_uploaded_may_be_kept_for_ever_too(string path)
    {
        path = "/v1/" + string.Format(null, path, _passport.VersionId, _passport.DocumentVersionId, _passport.ExportId);
        var answer = await _tenant.Http.GetAnswerAsync(path);
        Assert.Equal("max-age=31536000, private, immutable", answer.Header("Cache-Control"));
        Assert.Equal(
            304, (await _tenant.Http.GetAnswerAsync(path, ("If-None-Match", answer.Header("ETag")!))).Status);
    }

    [Fact]
    public async Task An_uploaded_table_is_kept_as_it_came_and_never_opened_where_it_was_found()
    {
        const string table = "sku,part_number\n=cmd|'/C calc'!A0,1\n";
        await _gateway.Database.ExecuteAsync(
            """
            INSERT INTO document_versions (document_version_id, tenant_id, document_id, version, mime_type, content,
                    sha256)
            VALUES ($1, $2, $3, 2, 'text/csv', convert_to($4, 'UTF8'), bpc_sha256($4))
            """, _passport.PassportId, _tenant.Id, _passport.DocumentId, table);
        var answer = await _tenant.Http.GetAnswerAsync($"/v1/document-versions/{_passport.PassportId}/content");
        Assert.Equal(table, answer.Text);
        Assert.StartsWith("attachment; filename=", answer.Header("Content-Disposition"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    [Fact]
    public async Task The_signed_receipt_verifies()
    {
        var signed = (await GetAsync("receipt")).Json;
        var hash = signed.GetProperty("receipt_hash").GetString()!;
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(_passport.Artefacts.Receipt)));
        Assert.True(ReceiptSigner.Verify(
            hash, signed.GetProperty("signature").GetBytesFromBase64(), signed.GetProperty("signing_key_public")
                .GetBytesFromBase64()));
    }

    [Fact]
    public async Task The_bundle_verifies_offline()
    {
        // Under the very id its artefacts were made for.
        var stored = await StoredPassport.InsertAsync(
            _gateway.Database, _tenant.Id, id: Sample.Input.PassportVersionId);
        var bundle = await _tenant.Http.GetAnswerAsync($"/v1/passport-versions/{stored.VersionId}/bundle");
        var report = BundleVerifier.Verify(bundle.Bytes, [stored.Artefacts.Signature.PublicKey]);
        Assert.Null(report.Mismatch);
        Assert.True(report.SignerTrusted);
    }

    [Theory]
    [InlineData("public", "public")]
    [InlineData("legitimate_interest", "legitimate_interest,public,restricted")]
    [InlineData("authorities", "authorities,public,restricted")]
    [InlineData("all", "authorities,legitimate_interest,public,restricted")]
    public async Task A_view_holds_the_sections_its_audience_may_see(string audience, string sections)
    {
        var view = (await GetAsync($"view?audience={audience}")).Json;
        Assert.Equal(sections.Split(','), view.GetProperty("sections").EnumerateObject().Select(s => s.Name));
        var answer = await GetAsync($"view?audience={audience}");
        Assert.Null(ViewVerifier.Verify(answer.Bytes, [_passport.Artefacts.Signature.PublicKey]).Mismatch);

        // Who sees what is a setting: whoever has a view asks whether it still is what they would get.
        Assert.Equal("no-cache, private", answer.Header("Cache-Control"));
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(answer.Bytes))}\"", answer.Header("ETag"));
        Assert.Equal(
            304, (await GetAsync($"view?audience={audience}", ("If-None-Match", answer.Header("ETag")!))).Status);
    }

    [Fact]
    public async Task What_does_not_exist_or_is_not_asked_rightly_is_said()
    {
        Assert.Equal("VALIDATION_ERROR", (await GetAsync("view?audience=press"))["code"]);
        Assert.Equal("VALIDATION_ERROR", (await GetAsync("qr.png?kind=colour"))["code"]);
        Assert.Equal("NOT_FOUND", (await GetAsync("sections/secret"))["code"]);
    }

    [Fact]
    public async Task Gaps_name_what_is_missing_and_which_article_asks_for_it()
    {
        var gaps = (await GetAsync("gaps")).Json.GetProperty("items").EnumerateArray().ToList();
        var gap = Assert.Single(gaps);
        Assert.Equal(
            ("public", "carbon.intensity", "MISSING", "2023/1542 Art. 7"),
            (
                gap.GetProperty("section").GetString(), gap.GetProperty("path").GetString(), gap.GetProperty("outcome")
                    .GetString(),
                gap.GetProperty("cites").GetString()));
    }

    [Fact]
    public async Task Signing_keys_are_published_under_their_thumbprints_as_key_set_and_as_did_web()
    {
        // RFC 8037, appendix A.3: an Ed25519 key and its RFC 7638 thumbprint.
        await _gateway.Database.ExecuteAsync(
            "INSERT INTO signing_keys (signing_key_id, public_key) VALUES ('rfc-8037', $1) ON CONFLICT DO NOTHING",
            Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        var keys = (await _gateway.Anonymous.GetAnswerAsync("/.well-known/jwks.json")).Json.GetProperty("keys");
        var kids = keys.EnumerateArray().ToDictionary(
            k => k.GetProperty("signing_key_id").GetString()!, k => k.GetProperty("kid").GetString()!);
        Assert.Equal("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", kids["rfc-8037"]);

        var did = (await _gateway.Anonymous.GetAnswerAsync("/.well-known/did.json")).Json;
        var name = $"did:web:127.0.0.1%3A{_gateway.Address.Port}";
        Assert.Equal(name, did.GetProperty("id").GetString());
        Assert.Equal(
            kids.Values.Select(kid => $"{name}#{kid}"),
            did.GetProperty("assertionMethod").EnumerateArray().Select(m => m.GetString()!));
        var method = did.GetProperty("verificationMethod")[0];
        Assert.Equal(name, method.GetProperty("controller").GetString());
        Assert.Equal(keys[0].GetRawText(), method.GetProperty("publicKeyJwk").GetRawText());
    }

    [Fact]
    public async Task A_passport_signed_before_the_key_was_changed_verifies_with_the_keys_published_now()
    {
        var bundle = (await GetAsync("bundle")).Bytes;
        await _gateway.Database.ExecuteAsync(
            "INSERT INTO signing_keys (signing_key_id, public_key) VALUES ('next-key', sha256('next'))");
        var published = (await _gateway.Anonymous.GetAnswerAsync("/.well-known/jwks.json")).Text;

        var trusted = PublicKeyReader.Read(published);

        Assert.True(trusted.Count >= 2);
        Assert.Null(BundleVerifier.Verify(bundle, trusted).Mismatch);
    }

    [Fact]
    public async Task The_code_of_the_link_opens_the_public_page()
    {
        var png = await GetAsync("qr.png?kind=link");
        using var file = new TemporaryFiles();
        var path = file.Write("link.png", png.Bytes);
        var read = await Tool.RunAsync("zbarimg", "--raw", "-q", path);
        var link = read.Output.Trim();
        Assert.Equal(new Uri(_gateway.Address, $"/p/{_passport.VersionId}").ToString(), link);
        Assert.Equal(200, (await _gateway.Anonymous.GetAnswerAsync(link)).Status);
    }

    private Task<Answer> GetAsync(string what, params (string, string)[] headers) =>
        _tenant.Http.GetAnswerAsync($"/v1/passport-versions/{_passport.VersionId}/{what}", headers);
}
