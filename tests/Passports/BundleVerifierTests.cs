using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Qr;
using Bpc.Core.Passports.Verifying;
using JsonArray = System.Text.Json.Nodes.JsonArray;
using JsonNode = System.Text.Json.Nodes.JsonNode;

namespace Bpc.Tests.Passports;

public sealed class BundleVerifierTests
{
    private readonly byte[] _bundle = Sample.BundleBytes();
    private readonly byte[][] _trusted = [PublicKey(1)];

    [Fact]
    public void A_bundle_holds_every_step_down_from_a_trusted_signature()
    {
        var report = BundleVerifier.Verify(_bundle, [PublicKey(9), PublicKey(1)]);

        Assert.Null(report.Mismatch);
        Assert.True(report.SignerTrusted);
        Assert.Equal(
            [
                "bundle", "signature", "signer", "receipt hash", "payload hash", "payload", "section public",
                "section restricted", "section authorities", "section legitimate_interest", "proof", "values", "checks",
                "qr text", "qr picture",
            ],
            report.Steps.Select(step => step.Name));
        Assert.All(report.Steps, step => Assert.True(step.Ok));
    }

    [Fact]
    public void Without_a_trusted_key_consistency_is_said_and_the_signer_left_open()
    {
        var report = BundleVerifier.Verify(_bundle, null);
        Assert.Null(report.Mismatch);
        Assert.Null(report.SignerTrusted);
        Assert.DoesNotContain(report.Steps, step => step.Name == "signer");
    }

    [Fact]
    public void A_bundle_signed_again_with_another_key_fails_against_the_trusted_one()
    {
        var again = Sample.BundleBytes(seed: 2);

        Assert.Null(BundleVerifier.Verify(again, null).Mismatch);
        var report = BundleVerifier.Verify(again, _trusted);
        Assert.Equal("signer", report.Mismatch?.Name);
        Assert.False(report.SignerTrusted);
        Assert.Equal("signer", BundleVerifier.Verify(_bundle, []).Mismatch?.Name);
    }

    public static TheoryData<string, string, string, string> Edits() => new()
    {
        { "bundle", "bundle_version", "\"BPC-BUNDLE-2\"", "BPC-BUNDLE-2" },
        { "bundle", "payload", "3", "not an object" },
        { "bundle", "sections", "{}", "no public" },
        { "bundle", "qr_png", "\"AA=\"", "not base64" },
        { "bundle", "qr_png", "\"AB==\"", "not base64" },
        { "bundle", "key_id", "\"me\"", "key_id" },
        { "bundle", "sections/public/salt", "\"salt\"", "salt" },
        { "bundle", "receipt/issued_at", "7", "issued_at" },
        { "signature", "signature", "\"AAAA\"", "not that of" },
        { "signature", "receipt_hash", "\"00\"", "not that of" },
        { "receipt hash", "receipt/compiler_build_id", "\"another\"", "is signed" },
        { "payload hash", "payload/sku", "\"SKU-2\"", "is signed" },
        { "section public", "sections/public/fields/battery/capacity_kwh", "\"99.000\"", "is signed" },
        { "section restricted", "sections/restricted/salt", "\"00000000000000000000000000000000\"", "is signed" },
        { "section legitimate_interest", "sections/legitimate_interest/fields/x", "\"1\"", "is signed" },
        { "proof", "proof/nodes/0/data/value", "\"battery:SKU-2\"", "node 0" },
        { "proof", "proof/field_index/battery.hazards", "0", "root_hash" },
        { "qr text", "qr_payload", "\"BPC1\"", "does not name" },
        { "qr picture", "qr_png", "\"\"", "not a PNG" },
    };

    [Theory, MemberData(nameof(Edits))]
    public void The_first_mismatch_is_named(string step, string path, string json, string detail)
    {
        var report = BundleVerifier.Verify(Edit(_bundle, path, json), _trusted);

        Assert.Equal(step, report.Mismatch?.Name);
        Assert.Contains(detail, report.Mismatch!.Detail, StringComparison.Ordinal);
        Assert.Same(report.Mismatch, report.Steps[^1]);
        Assert.All(report.Steps.SkipLast(1), s => Assert.True(s.Ok));
    }

    [Fact]
    public void The_picture_of_another_code_fails()
    {
        var passport = Sample.Sign(Sample.Compiled());
        var other = QrCode.Png(passport.QrPayload.Replace("pv=0", "pv=1", StringComparison.Ordinal));
        var bundle = Bundle.Write(passport with { QrPng = other });
        Assert.Equal("qr picture", BundleVerifier.Verify(bundle, _trusted).Mismatch?.Name);
    }

    public static TheoryData<string, string, string> LyingCompilers() => new()
    {
        {
            "another value", "values",
            "field battery.capacity_kwh is \"80.000\" in its section and \"75.500\" in the proof"
        },
        { "a value not proven", "values", "field battery.extra is in a section, but not in the proof" },
        { "a value left out", "values", "field report is in the proof, but in no section" },
        { "another outcome", "checks", "check carbon.intensity is PASS in a section and MISSING in the proof" },
        { "a check not proven", "checks", "check zeal is PASS in a section and absent in the proof" },
        { "a check left out", "checks", "check capacity_positive is in the proof, but in no section" },
    };

    [Theory, MemberData(nameof(LyingCompilers))]
    public void Sections_that_say_other_than_their_proof_fail_though_all_hashes_and_the_signature_hold(
        string lie, string step, string detail)
    {
        var result = Sample.Result();
        var told = lie switch
        {
            "another value" => result with
            {
                Fields = [result.Fields[0] with { Value = "80.000" }, .. result.Fields.Skip(1)],
            },
            "a value not proven" => result with
            {
                Fields = [.. result.Fields, new("battery.extra", SectionNames.Public, "1")],
            },
            "a value left out" => result with { Fields = [.. result.Fields.SkipLast(1)] },
            "another outcome" => result with
            {
                Compliance = [result.Compliance[0] with { Outcome = "PASS" }, result.Compliance[1]],
            },
            "a check not proven" => result with
            {
                Compliance = [.. result.Compliance, new("zeal", "PASS", null, SectionNames.Public)],
            },
            _ => result with { Compliance = [result.Compliance[0]] },
        };

        var signed = Sample.Sign(PassportCompiler.Assemble(told, Sample.Input));
        var report = BundleVerifier.Verify(Bundle.Write(signed), _trusted);

        Assert.Equal((step, detail), (report.Mismatch?.Name, report.Mismatch?.Detail));
        Assert.True(report.SignerTrusted);
    }

    [Fact]
    public void A_proof_or_payload_of_another_passport_fails_though_it_is_whole()
    {
        var (mine, other) = (Sample.Sign(Sample.Compiled()), Sample.Sign(Sample.Compiled("80.000")));

        Assert.Equal("proof", Mismatch(mine with { Proof = other.Proof }));
        Assert.Equal("payload hash", Mismatch(mine with { Payload = other.Payload }));
        Assert.Equal("section public", Mismatch(mine with { Sections = other.Sections }));
        Assert.Equal("signature", Mismatch(mine with { Signature = other.Signature }));
        Assert.Equal("qr text", Mismatch(mine with { QrPayload = other.QrPayload, QrPng = other.QrPng }));

        string? Mismatch(SignedPassport passport) =>
            BundleVerifier.Verify(Bundle.Write(passport), _trusted).Mismatch?.Name;
    }

    [Fact]
    public void Hostile_input_is_reported_and_never_thrown()
    {
        var deep = Encoding.ASCII.GetBytes(new string('[', 100_000));
        var longNameOverLongList = Encoding.ASCII.GetBytes(
            $"{{\"{new string('n', 4_000_000)}\":[{string.Join(',', Enumerable.Repeat('1', 1_000_000))}]}}");
        byte[][] inputs =
        [
            [], [0xFF, 0xFE], "null"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "{\"a\":1.5}"u8.ToArray(), deep,
            [0xEF, 0xBB, 0xBF, .. _bundle], new byte[SignedContent.MaxBytes + 1], longNameOverLongList,
        ];

        Assert.All(inputs, input => Assert.Equal("bundle", BundleVerifier.Verify(input, _trusted).Mismatch?.Name));
    }

    /// <summary>The bundle, canonical, with the member at a path replaced or added.</summary>
    internal static byte[] Edit(byte[] bundle, string path, string json)
    {
        var root = JsonNode.Parse(bundle)!;
        var names = path.Split('/');
        var parent = names[..^1].Aggregate(
            root, (node, name) => node is JsonArray list ? list[int.Parse(name)]! : node[name]!);
        if (parent is JsonArray items)
        {
            items[int.Parse(names[^1])] = JsonNode.Parse(json);
        }
        else
        {
            parent[names[^1]] = JsonNode.Parse(json);
        }

        return CanonicalJson.Write(CanonicalReader.Read(Encoding.UTF8.GetBytes(root.ToJsonString())));
    }

    internal static byte[] PublicKey(byte seed)
    {
        using var signer = Sample.Signer(seed);
        return signer.PublicKey;
    }
}
