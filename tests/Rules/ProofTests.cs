using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;

namespace Bpc.Tests.Rules;

public sealed class ProofTests
{
    [Fact]
    public void A_proof_tells_its_field_values_and_outcomes_after_every_hash_is_recomputed()
    {
        var proof = Sample();
        var check = ProofVerifier.Verify(proof.Bytes);
        Assert.Null(check.Mismatch);
        Assert.Equal(proof.RootHash, check.RootHash);
        Assert.Equal("75.500", check.FieldResults["battery.capacity_kwh"]);
        Assert.Equal("75.500", check.FieldResults["battery.label_kwh"]);
        Assert.Equal("PASS", check.CheckOutcomes["plausible"]);
    }

    [Fact]
    public void Equal_steps_are_one_node_and_steps_that_lead_nowhere_are_left_out()
    {
        using var builder = new ProofBuilder();
        Assert.Equal(builder.Const((JsonValue)"x"), builder.Const((JsonValue)"x"));
        builder.Const((JsonValue)"unused");
        var used = builder.Const((JsonValue)"used");
        var proof = builder.Build(new Dictionary<string, int> { ["a"] = used }, new Dictionary<string, int>());
        var nodes = (JsonValue.List)((JsonValue.Record)CanonicalReader.ReadCanonical(proof.Bytes))["nodes"]!;
        Assert.Single(nodes.Items);
    }

    [Fact]
    public void Changing_any_byte_of_a_proof_is_found()
    {
        var original = Sample().Bytes;
        for (var i = 0; i < original.Length; i++)
        {
            var changed = (byte[])original.Clone();
            changed[i] = changed[i] == (byte)'7' ? (byte)'8' : (byte)'7';
            Assert.True(ProofVerifier.Verify(changed).Mismatch is not null,
                $"byte {i} of {Encoding.UTF8.GetString(original)}");
        }
    }

    [Theory]
    [InlineData("not json", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("{}", "check_index is missing")]
    public void What_is_not_a_proof_is_said_to_be_none(string text, string mismatch) =>
        Assert.Contains(mismatch, ProofVerifier.Verify(Encoding.UTF8.GetBytes(text)).Mismatch,
            StringComparison.Ordinal);

    private static Proof Sample()
    {
        using var builder = new ProofBuilder();
        var sku = builder.Op("product.sku", (JsonValue)"SKU-123", []);
        var key = builder.Op("+", (JsonValue)"battery:SKU-123", [builder.Const((JsonValue)"battery:"), sku]);
        var fact = builder.FactGet("Battery", "battery:SKU-123", CanonicalJson.HashHex("{}"u8), key);
        var member = builder.Op("member", (JsonValue)"75.500", [fact], path: "rated_capacity_kwh");
        var required = builder.Assert("E002", (JsonValue)"75.500", [member]);
        var capacity = builder.Op("qty", (JsonValue)"75.500", [required], unit: "kWh");
        var label = builder.FieldRef("battery.capacity_kwh", capacity);
        var holds = builder.Op(">", (JsonValue)true, [label, builder.Const((JsonValue)"0.000")]);
        return builder.Build(
            new Dictionary<string, int> { ["battery.capacity_kwh"] = capacity, ["battery.label_kwh"] = label },
            new Dictionary<string, int> { ["plausible"] = builder.ComplianceEmit("plausible", "PASS", [holds]) });
    }
}
