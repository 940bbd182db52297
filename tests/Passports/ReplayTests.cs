using System.Text;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Tests.Passports;

public sealed class ReplayTests
{
    private readonly CompiledPassport _compiled = Sample.Compiled();
    private readonly SignedPassport _stored = Sample.Sign(Sample.Compiled());

    [Fact]
    public void The_same_compile_has_no_difference() => Assert.Null(Replay.Compare(Sample.Compiled(), _stored));

    [Fact]
    public void Another_value_is_named_by_its_path_with_both_sides() =>
        Assert.Equal(
            new("field battery.capacity_kwh", "\"75.500\"", "\"80.000\""),
            Replay.Compare(Sample.Compiled("80.000"), _stored));

    [Fact]
    public void A_value_only_one_side_has_is_named()
    {
        var result = Sample.Result();
        var more = PassportCompiler.Assemble(
            result with { Fields = [.. result.Fields, new("new", SectionNames.Restricted, "1")] }, Sample.Input);
        Assert.Equal(new("field new", "nothing", "\"1\""), Replay.Compare(more, _stored));
    }

    [Fact]
    public void Another_outcome_is_named_by_its_section()
    {
        var result = Sample.Result();
        var other = PassportCompiler.Assemble(
            result with { Compliance = [result.Compliance[0] with { Outcome = "PASS" }, result.Compliance[1]] },
            Sample.Input);
        Assert.Equal(
            new("section public: compliance.1.outcome", "\"MISSING\"", "\"PASS\""), Replay.Compare(other, _stored));
    }

    [Fact]
    public void What_differs_outside_the_sections_is_named_too()
    {
        Assert.Equal(
            "receipt: compiler_build_id",
            With(_stored with { Receipt = Edit(_stored.Receipt, "build-1", "build-2") }));
        Assert.Equal("payload: sku", With(_stored with { Payload = Edit(_stored.Payload, "SKU-", "SKO-") }));
        Assert.Equal(
            "proof: nodes.0.data.value",
            With(_stored with { Proof = Edit(_stored.Proof, "\"battery:SKU-", "\"battery:SKO-", 2) }));
        Assert.Equal("receipt hash", With(_stored with { ReceiptHash = new('0', 64) }));
        Assert.Equal(
            "signature", With(_stored with { Signature = _stored.Signature with { Signature = new byte[64] } }));
        Assert.Equal("QR text", With(_stored with { QrPayload = "BPC1" }));
    }

    [Fact]
    public void Of_several_differences_the_first_on_the_way_from_values_to_the_code_is_named()
    {
        var wrong = _stored with { QrPayload = "BPC1" };
        Assert.Equal("QR text", With(wrong));
        wrong = wrong with { Signature = _stored.Signature with { Signature = new byte[64] } };
        Assert.Equal("signature", With(wrong));
        wrong = wrong with { ReceiptHash = new('0', 64) };
        Assert.Equal("receipt hash", With(wrong));
        wrong = wrong with { Receipt = Edit(_stored.Receipt, "build-1", "build-2") };
        Assert.Equal("receipt: compiler_build_id", With(wrong));
        wrong = wrong with { Proof = Edit(_stored.Proof, "\"battery:SKU-", "\"battery:SKO-", 2) };
        Assert.Equal("proof: nodes.0.data.value", With(wrong));
        wrong = wrong with { Payload = Edit(_stored.Payload, "SKU-", "SKO-") };
        Assert.Equal("payload: sku", With(wrong));
    }

    [Fact]
    public void Stored_bytes_that_are_no_canonical_json_are_named_as_a_whole()
    {
        Assert.Equal("payload", With(_stored with { Payload = [1, 2, 3] }));
        Assert.Equal("payload", With(_stored with { Payload = [.. _stored.Payload, (byte)' '] }));
        Assert.Equal("section public", With(_stored with { Sections = new Dictionary<string, byte[]>() }));
    }

    private string? With(SignedPassport stored) => Replay.Compare(_compiled, stored)?.What;

    private static byte[] Edit(byte[] bytes, string text, string by, int occurrences = 1)
    {
        var edited = Encoding.UTF8.GetString(bytes);
        Assert.True(edited.Split(text).Length > occurrences, $"no {text}");
        return Encoding.UTF8.GetBytes(edited.Replace(text, by, StringComparison.Ordinal));
    }
}
