using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Tests.Passports;

/// <summary>Each part of the form an artefact of somebody else's must have.</summary>
public sealed class ArtefactReaderTests
{
    private static readonly CompiledPassport s_passport = Sample.Compiled();

    [Fact]
    public void What_the_compiler_writes_is_of_the_right_form()
    {
        Assert.NotNull(ArtefactReader.Receipt(Of(s_passport.Receipt)));
        Assert.NotNull(ArtefactReader.Payload(Of(s_passport.Payload)));
        Assert.All(s_passport.Sections, s => Assert.NotNull(ArtefactReader.Section(s.Key, Of(s.Value))));
    }

    [Theory]
    [InlineData("receipt_version", "\"BPC-RECEIPT-9\"", "receipt_version is 'BPC-RECEIPT-9', not BPC-RECEIPT-1")]
    [InlineData("signature_alg", "\"RSA\"", "signature_alg is 'RSA', not ED25519")]
    [InlineData("tenant_id", "7", "tenant_id of the receipt is not a string")]
    public void A_receipt_of_another_form_is_refused(string member, string value, string because) =>
        Refused(because, () => ArtefactReader.Receipt(With(s_passport.Receipt, member, value)));

    [Theory]
    [InlineData("payload_version", "\"BPC-PAYLOAD-9\"", "payload_version is 'BPC-PAYLOAD-9', not BPC-PASSPORT-1")]
    [InlineData("sections", "{}", "the payload's sections has no public")]
    [InlineData(
        "sections", """{"authorities":"a","legitimate_interest":"a","public":7,"restricted":"a"}""",
        "public of the payload's sections is not a string")]
    public void A_payload_of_another_form_is_refused(string member, string value, string because) =>
        Refused(because, () => ArtefactReader.Payload(With(s_passport.Payload, member, value)));

    [Theory]
    [InlineData("salt", "\"0123\"", "the salt of section public is not 16 bytes in hex")]
    [InlineData(
        "salt", "\"0123456789abcdef0123456789ABCDEF\"", "the salt of section public is not 16 bytes in hex")]
    [InlineData(
        "salt", "\"0123456789abcdef0123456789abcdefff\"", "the salt of section public is not 16 bytes in hex")]
    [InlineData("fields", "[]", "the fields of section public are not an object")]
    [InlineData("compliance", "{}", "the compliance of section public is not a list")]
    [InlineData("compliance", """[{"check":"a","cites":"","outcome":1}]""", "the outcome of a is not a string")]
    [InlineData(
        "compliance", """[{"check":"a","cites":"","outcome":"PASS"},{"check":"a","cites":"","outcome":"PASS"}]""",
        "the compliance of section public is not ordered by check: a after a")]
    [InlineData(
        "compliance", """[{"check":"b","cites":"","outcome":"PASS"},{"check":"a","cites":"","outcome":"PASS"}]""",
        "the compliance of section public is not ordered by check: a after b")]
    public void A_section_of_another_form_is_refused(string member, string value, string because) =>
        Refused(because, () => ArtefactReader.Section("public", With(s_passport.Sections["public"], member, value)));

    [Fact]
    public void A_view_of_another_version_or_for_nobody_is_refused()
    {
        var view = Sample.ViewBytes("public");
        Refused(
            "view_version is 'BPC-VIEW-9', not BPC-VIEW-1",
            () => View.Read(With(view, "view_version", "\"BPC-VIEW-9\"")));
        Refused("audience is not a string", () => View.Read(With(view, "audience", "7")));
    }

    [Fact]
    public void A_file_larger_than_any_passport_is_not_read()
    {
        const string because = "16777217 bytes are more than a view may have (16777216)";
        Refused(because, () => SignedContent.Parse(new byte[SignedContent.MaxBytes + 1], "a view"));
    }

    [Fact]
    public void A_signed_receipt_is_served_with_the_stored_bytes_their_hash_and_who_signed()
    {
        var stored = Sample.Sign(s_passport);

        var served = Encoding.UTF8.GetString(
            ReceiptWriter.WriteSigned(stored.Receipt, stored.ReceiptHash, stored.Signature));

        Assert.Equal(
            $$"""{"receipt":{{Encoding.UTF8.GetString(stored.Receipt)}},"receipt_hash":"{{stored.ReceiptHash}}","""
            + $"\"signature\":\"{Convert.ToBase64String(stored.Signature.Signature)}\","
            + "\"signing_key_id\":\"dev-key-1\","
            + $"\"signing_key_public\":\"{Convert.ToBase64String(stored.Signature.PublicKey)}\"}}",
            served);
    }

    private static JsonValue Of(byte[] bytes) => CanonicalReader.Read(bytes);

    private static JsonValue.Record With(byte[] artefact, string member, string value)
    {
        var members = ((JsonValue.Record)Of(artefact)).Members.ToDictionary();
        members[member] = Of(Encoding.UTF8.GetBytes(value));
        return JsonValue.Object([.. members.Select(m => (m.Key, m.Value))]);
    }

    private static void Refused(string because, Func<object> read)
    {
        var refusal = Assert.Throws<BpcException>(() => read());
        Assert.Equal((BpcError.Validation, because), (refusal.Code, refusal.Message));
    }
}
