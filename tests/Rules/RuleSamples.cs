using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Rules;

namespace Bpc.Tests.Rules;

/// <summary>Sources and inputs the tests of the rule language share.</summary>
internal static class RuleSamples
{
    public const string Header = "package test version \"1\" language \"BPC-RULES-1\";\n";

    /// <summary>The package every author of rules sees first; its tests follow in <see cref="BatteryTests"/>.</summary>
    public const string Battery = """
        package eu.battery.ev version "2027.1" language "BPC-RULES-1";

        -- what the package reads of a fact; a decimal is padded to the declared scale, more digits than that are an error
        facts Battery   { rated_capacity_kwh : Opt(Dec(3)) }
        facts Component { mass_kg : Opt(Dec(4)) }
        facts PCF       { total_gco2e : Opt(Dec(2)), cycles : Opt(Int) }

        -- one value of the passport: path, type, who may see it, how it is derived
        field battery.capacity_kwh : Qty(kWh, 3) access public cites "2023/1542 XIII 1(h)" =
          let b   = require(fact("Battery", "battery:" + product.sku), "E001", "no Battery fact for this product");
          let cap = require(b.rated_capacity_kwh, "E002", "rated_capacity_kwh is missing");
          qty(cap, kWh);

        field battery.mass_kg : Qty(kg, 3) access public =
          sum(facts("Component", "component:" + product.sku + ":").map(c => qty(round(require(c.mass_kg, "E010", "component without mass"), 3), kg)));

        field carbon.intensity : Opt(Qty(gCO2e/kWh, 2)) access public applies from 2027-02-18 for EV, INDUSTRIAL =   -- none: MISSING from that day, NOT_YET_REQUIRED before
          fact("PCF", "pcf:" + product.sku).then(p => both(p.total_gco2e, p.cycles, (t, n) =>
            round(qty(t, gCO2e) / (field(battery.capacity_kwh) * n), 2)));

        check pcf_below_limit cites "2023/1542 Art. 7" = field(carbon.intensity) <= qty(175000.00, gCO2e/kWh);   -- PASS, FAIL, or NOT_APPLICABLE

        """;

    public const string BatteryTests = """
        example minimal {
          product { sku: "SKU-123" }
          fact "Battery" "battery:SKU-123" { "rated_capacity_kwh": "75.500" }
          expect battery.capacity_kwh == 75.500 kWh
        }
        property capacity_never_negative cases 400 seed 42 { forall c : Dec(3) in 0.001..2000.000 .
          product { sku: "SKU-123" }
          fact "Battery" "battery:SKU-123" { "rated_capacity_kwh": c }
          expect battery.capacity_kwh >= 0.000 kWh
        }
        """;

    public static readonly DateOnly Today = new(2027, 2, 18);

    public static Core.Facts.Fact Fact(string type, string key, string json)
    {
        var payload = CanonicalJson.Write(CanonicalReader.Read(Encoding.UTF8.GetBytes(json)));
        return new(type, key, payload, CanonicalJson.HashHex(payload));
    }

    public static RuleInput Input(params IReadOnlyList<Core.Facts.Fact> facts) =>
        new("SKU-123", "EV", "SN-1", Today, facts);

    /// <summary>
    /// The value of <c>field x</c> in a package of that one field; facts T are read as the given record.
    /// </summary>
    public static JsonValue? Value(string type, string body, string facts = "", string payload = "{}") =>
        RulePackage.Compile($"{Header}facts T {{ {facts} }}\nfield x : {type} access public = {body};")
            .Evaluate(Input(Fact("T", "t", payload))).Fields.SingleOrDefault(f => f.Path == "x")?.Value;

    /// <summary>What compiling this package says is wrong.</summary>
    public static BpcException Refused(string source) => Assert.Throws<BpcException>(() => RulePackage.Compile(source));

    public static BpcException RefusedBody(string type, string body, string facts = "") =>
        Refused($"{Header}facts T {{ {facts} }}\nfield x : {type} access public = {body};");
}
