using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Explain;
using Bpc.Core.Rules;
using Bpc.Tests.Rules;

namespace Bpc.Tests.Passports;

public sealed class ExplainTests
{
    private readonly RulePackage _package = RulePackage.Compile(RuleSamples.Battery);

    [Fact]
    public void A_value_is_shown_with_its_steps_its_fact_and_the_document_it_comes_from()
    {
        var proof = Proof(("Battery", "battery:SKU-123", """{"rated_capacity_kwh":"75.5"}"""));
        var source = new FactSource("BOM", "bom.json", new('a', 64), Guid.Empty, Guid.Empty, 2);
        var explained = proof.Explain("battery.capacity_kwh", _package.About("battery.capacity_kwh"))
            .From(new Dictionary<FactKey, FactSource> { [new("Battery", "battery:SKU-123")] = source });

        Assert.Equal(
            """
            battery.capacity_kwh = 75.500 kWh   (public, 2023/1542 XIII 1(h))
            └─ qty → 75.500 kWh
               └─ requirement E002 holds → 75.500
                  └─ member rated_capacity_kwh → 75.500
                     └─ requirement E001 holds → {"rated_capacity_kwh":"75.500"}
                        └─ fact Battery battery:SKU-123
                           │  from BOM bom.json, version 2, document version 00000000-0000-0000-0000-000000000000, sha256 aaaaaaaaaaaa…
                           └─ + → battery:SKU-123
                              ├─ "battery:"
                              └─ product.sku → SKU-123

            """, ExplanationText.Write(explained));
        var json = (JsonValue.Record)CanonicalReader.ReadCanonical(ExplanationJson.Write(explained));
        Assert.Equal("75.500", json["value"]);
        var fact = Assert.IsType<JsonValue.Record>(Assert.Single(((JsonValue.List)json["facts"]!).Items));
        Assert.Equal(JsonValue.Object(
            ("kind", "BOM"), ("name", "bom.json"), ("sha256", new string('a', 64)), ("version", 2),
            ("document_id", $"{Guid.Empty}"), ("document_version_id", $"{Guid.Empty}")), fact["document"]);
    }

    [Theory]
    [InlineData(null, "MISSING", "the snapshot has no fact PCF pcf:SKU-123")]
    [InlineData("""{"total_gco2e":"10"}""", "MISSING", "fact PCF pcf:SKU-123 says nothing of cycles")]
    public void A_missing_value_says_what_is_missing(string? pcf, string outcome, string why)
    {
        var proof = pcf is null ? Proof(s_battery) : Proof(s_battery, ("PCF", "pcf:SKU-123", pcf));
        var explained = proof.Explain("carbon.intensity", _package.About("carbon.intensity"));
        Assert.Equal((outcome, null), (explained.Outcome, explained.Value));
        Assert.Equal([why], explained.Why);
        Assert.Contains($"  because {why}\n", ExplanationText.Write(explained), StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_without_an_answer_says_what_the_field_it_reads_lacks()
    {
        var explained = Proof(s_battery).Explain("pcf_below_limit", _package.About("pcf_below_limit"));
        Assert.Equal("NOT_APPLICABLE", explained.Outcome);
        Assert.Contains("the snapshot has no fact PCF pcf:SKU-123", explained.Why);
        Assert.Contains("carbon.intensity: MISSING", ExplanationText.Write(explained), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_required_yet_says_from_when_it_is()
    {
        var early = RuleSamples.Input([RuleSamples.Fact("Battery", "battery:SKU-123", s_battery.Json)]) with
        {
            IssuedOn = new(2027, 2, 17),
        };
        var proof = ProofExplainer.Read(_package.Evaluate(early).Proof.Bytes);
        var explained = proof.Explain("carbon.intensity", _package.About("carbon.intensity"));
        Assert.Equal("NOT_YET_REQUIRED", explained.Outcome);
        Assert.Contains("from 2027-02-18 for EV, INDUSTRIAL", explained.Why[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_of_the_sample_passport_is_explained_down_to_facts_constants_or_the_product()
    {
        var package = RulePackage.Compile(
            File.ReadAllText(Path.Combine(Repository.Root, "rules", "sample", "ev-battery.bpcr")));
        var result = package.Evaluate(SamplePackageTests.Input("VLT75-26-000101"));
        var proof = ProofExplainer.Read(result.Proof.Bytes);

        Assert.Equal(result.Fields.Count + result.Compliance.Count, proof.Names().Count);
        foreach (var name in proof.Names())
        {
            var explained = proof.Explain(name.Name, package.About(name.Name));
            Assert.Equal((name.Value, name.Outcome), (explained.Value, explained.Outcome));
            Assert.Equal(explained.Outcome is not (null or "PASS" or "FAIL"), explained.Why.Count > 0);
            var ids = explained.Steps.Select(step => step.Id).ToHashSet();
            Assert.Equal(explained.Steps.Count, ids.Count);
            Assert.All(explained.Steps, step => Assert.Subset(ids, step.Children.ToHashSet()));
            Assert.All(explained.Facts, fact => Assert.Equal(64, fact.PayloadHash.Length));
        }
    }

    [Fact]
    public void A_fact_asked_for_in_two_ways_is_one_fact()
    {
        var package = RulePackage.Compile($$"""
            {{RuleSamples.Header}}facts T { n : Opt(Int) }
            field x : Int access public =
              require(fact("T", "t"), "E1", "no").n.or(1) + require(fact("T", "" + "t"), "E1", "no").n.or(2);
            """);
        var result = package.Evaluate(RuleSamples.Input(RuleSamples.Fact("T", "t", "{}")));
        var proof = ProofExplainer.Read(result.Proof.Bytes);
        var explained = proof.Explain("x", null);
        Assert.Single(explained.Facts);
        Assert.Contains("member n → none", ExplanationText.Write(explained), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_a_thousand_steps_is_cut_in_the_text_and_whole_in_the_list()
    {
        var package = RulePackage.Compile($$"""
            {{RuleSamples.Header}}facts T { n : Int }
            field x : Int access public = facts("T", "").fold(0, (sum, t) => sum + t.n);
            """);
        var facts = Enumerable.Range(0, 1000).Select(i => RuleSamples.Fact("T", $"{i:d4}", """{"n":"1"}""")).ToList();
        var explained = ProofExplainer.Read(package.Evaluate(RuleSamples.Input(facts)).Proof.Bytes).Explain("x", null);
        Assert.Equal(1000, explained.Facts.Count);
        Assert.Contains("└─ …", ExplanationText.Write(explained), StringComparison.Ordinal);
        CanonicalReader.ReadCanonical(ExplanationJson.Write(explained));
    }

    [Fact]
    public void A_proof_that_does_not_hold_explains_nothing()
    {
        var bytes = _package.Evaluate(RuleSamples.Input(RuleSamples.Fact("Battery", s_battery.Key, s_battery.Json)))
            .Proof.Bytes;
        bytes[bytes.AsSpan().IndexOf("75.500"u8)] = (byte)'8';
        var refused = Assert.Throws<BpcException>(() => ProofExplainer.Read(bytes));
        Assert.Equal(BpcError.Validation, refused.Code);
        Assert.Contains("hash does not match", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            BpcError.NotFound, Assert.Throws<BpcException>(() => Proof(s_battery).Explain("nope", null)).Code);
    }

    private static readonly (string Type, string Key, string Json) s_battery =
        ("Battery", "battery:SKU-123", """{"rated_capacity_kwh":"75.5"}""");

    private ProofExplainer Proof(params (string Type, string Key, string Json)[] facts) => ProofExplainer.Read(
        _package.Evaluate(RuleSamples.Input([.. facts.Select(f => RuleSamples.Fact(f.Type, f.Key, f.Json))]))
            .Proof.Bytes);
}
