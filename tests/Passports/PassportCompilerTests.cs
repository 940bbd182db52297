using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Passports;
using Bpc.Core.Rules;

namespace Bpc.Tests.Passports;

public sealed class PassportCompilerTests
{
    private readonly RuleResult _result = Sample.Result();

    [Fact]
    public void All_four_sections_exist_and_nest_fields_by_path()
    {
        var sections = Sample.Compiled().Sections;

        Assert.Equal(SectionNames.All.Order(), sections.Keys.Order());
        Assert.Equal(
            """{"compliance":[{"check":"capacity_positive","cites":null,"outcome":"PASS"},"""
            + """{"check":"carbon.intensity","cites":"2023/1542 Art. 7","outcome":"MISSING"}],"""
            + """
              "fields":{"battery":{"capacity_kwh":"75.500","made":{"place":{"audited":true,"cells":192,"country":"FR"}}}},
              """
            + $"\"salt\":\"{Salt(SectionNames.Public)}\"}}",
            Encoding.UTF8.GetString(sections[SectionNames.Public]));
        Assert.Equal(
            $"{{\"compliance\":[],\"fields\":{{}},\"salt\":\"{Salt(SectionNames.LegitimateInterest)}\"}}",
            Encoding.UTF8.GetString(sections[SectionNames.LegitimateInterest]));
    }

    [Fact] // printf 01900000-0000-7000-8000-00000000000a/public | openssl dgst -sha256 -mac HMAC -macopt hexkey:0001…1f
    public void A_salt_is_the_hmac_of_version_and_section()
    {
        Assert.Equal("63add786c03bf460ff82341287deda48", Salt(SectionNames.Public));
        Assert.Equal(4, SectionNames.All.Select(Salt).Distinct().Count());
    }

    [Fact]
    public void The_payload_holds_the_hash_of_every_section()
    {
        var compiled = Sample.Compiled();
        var payload = (JsonValue.Record)CanonicalReader.ReadCanonical(compiled.Payload);
        var hashes = (JsonValue.Record)payload["sections"]!;

        Assert.All(compiled.Sections, s => Assert.Equal(hashes[s.Key], (JsonValue)CanonicalJson.HashHex(s.Value)));
        Assert.Equal("2027-02-18T09:05:07.123456Z", payload["issued_at"]);
        Assert.Equal("01900000-0000-7000-8000-00000000000a", payload["passport_version_id"]);
        Assert.Equal(compiled.PayloadHash, CanonicalJson.HashHex(compiled.Payload));
    }

    [Fact]
    public void The_receipt_names_everything_the_compile_depended_on()
    {
        var compiled = Sample.Compiled();
        var receipt = (JsonValue.Record)CanonicalReader.ReadCanonical(compiled.Receipt);

        Assert.Equal(
            [
                "battery_product_id", "compiler_build_id", "dsl_sha256", "issued_at", "passport_id",
                "passport_version_id", "payload_hash", "proof_root_hash", "receipt_version", "rule_package_version_id",
                "signature_alg", "snapshot_hash", "snapshot_id", "tenant_id", "tests_sha256",
            ],
            receipt.Members.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(compiled.PayloadHash, receipt["payload_hash"]);
        Assert.Equal(compiled.ProofRootHash, receipt["proof_root_hash"]);
        Assert.Equal(compiled.ReceiptHash, CanonicalJson.HashHex(compiled.Receipt));
    }

    [Fact]
    public void A_whole_second_keeps_its_six_digits() =>
        Assert.Equal(
            "0001-01-01T00:00:00.000000Z", CanonicalTime.Text(DateTime.SpecifyKind(default, DateTimeKind.Utc)));

    [Fact]
    public void A_local_or_too_fine_time_is_refused()
    {
        Assert.Throws<ArgumentException>(
            () => CanonicalTime.Text(new DateTime(2027, 2, 18, 0, 0, 0, DateTimeKind.Local)));
        Assert.Throws<ArgumentException>(
            () => CanonicalTime.Text(new DateTime(2027, 2, 18, 0, 0, 0, DateTimeKind.Utc).AddTicks(1)));
    }

    [Fact]
    public void A_short_snapshot_secret_is_refused() =>
        Assert.Throws<ArgumentException>(
            () => PassportCompiler.Assemble(_result, Sample.Input with { SnapshotSecret = new byte[16] }));

    [Fact]
    public void An_artefact_over_its_limit_is_its_own_error()
    {
        var compiled = Sample.Compiled();
        var payload = compiled.Payload.Length + compiled.Sections.Values.Sum(s => s.Length);
        var limits = new ArtefactLimits(payload, compiled.Proof.Length, compiled.Receipt.Length);
        PassportCompiler.Assemble(_result, Sample.Input with { Limits = limits });

        Assert.Equal(BpcError.PayloadTooLarge, Refusal(_result, limits with { Payload = payload - 1 }).Code);
        Assert.Equal(BpcError.ProofTooLarge, Refusal(_result, limits with { Proof = limits.Proof - 1 }).Code);
        Assert.Equal(BpcError.ReceiptTooLarge, Refusal(_result, limits with { Receipt = limits.Receipt - 1 }).Code);
        Assert.Contains(
            $"limit is {payload - 1}",
            Refusal(_result, limits with { Payload = payload - 1 }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_without_end_is_refused_while_it_grows()
    {
        var megabyte = new string('x', 1_000_000);
        var fields = Enumerable.Range(0, 20).Select(i => new FieldValue($"f{i:D2}", SectionNames.Public, megabyte));
        var refusal = Refusal(_result with { Fields = [.. fields] }, new());

        Assert.Equal(BpcError.PayloadTooLarge, refusal.Code);
        Assert.Contains("the section takes more than 16777216 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a.b", "'a.b' lies inside field 'a'")]
    [InlineData("a.b.c", "a", "'a.b.c' lies inside field 'a'")]
    [InlineData("a.b", "a.b", "two fields have the path 'a.b'")]
    public void Fields_that_cannot_stand_side_by_side_are_a_type_error_even_in_different_sections(
        string one, string other, string reason)
    {
        var fields = new FieldValue[] { new(one, SectionNames.Public, "1"), new(other, SectionNames.Restricted, "2") };
        var refusal = Refusal(_result with { Fields = fields }, new());

        Assert.Equal(BpcError.RuleType, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sibling_paths_with_a_common_beginning_are_no_conflict() =>
        PassportCompiler.Assemble(
            _result with
            {
                Fields = [.. new[] { "a.b", "a.bc", "ab" }.Select(p => new FieldValue(p, SectionNames.Public, "1"))],
            },
            Sample.Input);

    [Fact]
    public void Two_compliance_lines_of_one_name_are_a_type_error()
    {
        var line = new ComplianceLine("x", "PASS", null, SectionNames.Public);
        var twice = _result with { Compliance = [line, line with { Section = SectionNames.Restricted }] };
        var refusal = Refusal(twice, new());
        Assert.Equal(BpcError.RuleType, refusal.Code);
    }

    private static BpcException Refusal(RuleResult result, ArtefactLimits limits) =>
        Assert.Throws<BpcException>(() => PassportCompiler.Assemble(result, Sample.Input with { Limits = limits }));

    private static string Salt(string section) =>
        SectionWriter.Salt(Sample.Input.SnapshotSecret, Sample.Input.PassportVersionId, section);
}
