using System.Security.Cryptography;
using System.Text;
using Bpc.Core;
using Bpc.Core.Facts;

namespace Bpc.Tests.Facts;

public sealed class DocumentParserTests
{
    private const string Json = "application/json";
    private const string Csv = "text/csv";

    private const string Battery =
        """
        {"sku": "S1", "category": "EV", "chemistry": "NMC", "rated_capacity_kwh": 75.5,
         "cells": [1, -0, 1.50e1], "ok": true, "x": null}
        """;

    private const string Component =
        """{"part_number": "P1", "name": "cell", "mass_kg": 1e1, "material": "NMC", "country_of_origin": "FI"}""";

    [Fact]
    public void A_BOM_gives_the_battery_and_its_components()
    {
        Assert.Equal(
            [
                ("Battery", "battery:S1",
                    """{"category":"EV","cells":["1","0","15.0"],"chemistry":"NMC","ok":true,"""
                    + "\"rated_capacity_kwh\":\"75.5\",\"sku\":\"S1\",\"x\":null}"),
                ("Component", "component:S1:P1",
                    """{"country_of_origin":"FI","mass_kg":"10","material":"NMC","name":"cell","part_number":"P1"}"""),
            ],
            Parse("BOM", Json, $$"""{"battery": {{Battery}}, "components": [{{Component}}]}"""));
    }

    [Fact]
    public void What_a_BOM_says_beside_its_battery_is_kept_with_the_battery()
    {
        const string bom = """
            {"revision": 3, "components": [],
             "battery": {"sku": "S1", "category": "LMT", "chemistry": "LFP", "rated_capacity_kwh": "0.50"}}
            """;
        Assert.Equal("""{"category":"LMT","chemistry":"LFP","rated_capacity_kwh":"0.50","revision":"3","sku":"S1"}""",
            Assert.Single(Parse("BOM", Json, bom)).Payload);
        Assert.Equal([new("/chemistry", "stands in /battery too; write it there alone")],
            Violations("BOM", Json, bom.Replace("revision", "chemistry", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_flag_is_true_or_false_in_a_table_too()
    {
        const string items = "sku,serial_number,manufactured_on,manufacturing_place,in_use\nS1,1,2026-09-14,Kassel,";
        Assert.Contains("\"in_use\":true", Assert.Single(Parse("ITEMS", Csv, items + "true\n")).Payload);
        Assert.Equal([new("line 2, column 5", "in_use: \"yes\" is not true or false")],
            Violations("ITEMS", Csv, items + "yes\n"));
    }

    [Fact]
    public void A_BOM_as_a_table_gives_the_components() => Assert.Equal(
        [
            ("Component", "component:S1:P1",
                """{"lot":"007","mass_kg":"1.50","material":"Cu, X","name":"\"bar\"","part_number":"P1","sku":"S1"}"""),
            ("Component", "component:S1:P2",
                """{"mass_kg":"2000","material":"Al","name":"two\nlines","part_number":"P2","sku":"S1"}"""),
        ],
        Parse("BOM", Csv,
            "sku,part_number,name,material,mass_kg,lot\r\n"
            + "S1,P1,\"\"\"bar\"\"\",\"Cu, X\",1.50,007\r\n"
            + "S1,P2,\"two\nlines\",Al,2e3,\r\n"));

    [Fact]
    public void PCF_and_due_diligence_give_one_fact_each()
    {
        Assert.Equal(
            [("PCF", "pcf:S1", """{"sku":"S1","stages":[{"gco2e":"-5","stage":"reuse"}],"total_gco2e":"1000"}""")],
            Parse("PCF", Json, """{"sku": "S1", "total_gco2e": 1e3, "stages": [{"stage": "reuse", "gco2e": -5}]}"""));
        Assert.Equal(
            [("DueDiligence", "dd:S1", """{"report_url":"https://a.example/r","schemes":["RMI"],"sku":"S1"}""")],
            Parse("DUE_DILIGENCE", Json, """{"sku": "S1", "report_url": "https://a.example/r", "schemes": ["RMI"]}"""));
    }

    private const string Item =
        """
        {"sku": "S1", "serial_number": "1", "manufactured_on": "2026-09-14", "manufacturing_place": "A", "power_w": 5}
        """;

    private const string ItemHeader = "sku,serial_number,manufactured_on,manufacturing_place,power_w";

    [Theory]
    [InlineData(Json, $"[{Item}]")]
    [InlineData(Json, $"{{\"items\": [{Item}]}}")]
    [InlineData(Csv, $"{ItemHeader}\nS1,1,2026-09-14,A,5")]
    [InlineData(Csv, $"\uFEFF{ItemHeader}\r\nS1,1,2026-09-14,A,5\r\n\r\n")]
    public void An_item_is_the_same_fact_in_JSON_and_CSV(string mimeType, string document) => Assert.Equal(
        [
            ("Item", "item:S1:1",
                """{"manufactured_on":"2026-09-14","manufacturing_place":"A","power_w":"5","""
                + "\"serial_number\":\"1\",\"sku\":\"S1\"}"),
        ],
        Parse("ITEMS", mimeType, document));

    [Fact]
    public void OTHER_gives_the_facts_as_they_stand() => Assert.Equal(
        [("TestReport", "report:1", """{"result":["0.1",{"é":"x"}]}"""), ("TestReport", "report:2", "{}")],
        Parse("OTHER", Json, """
            {"facts": [{"fact_type": "TestReport", "fact_key": "report:1",
                        "payload": {"result": [0.1, {"\u00e9": "x"}]}},
                       {"fact_type": "TestReport", "fact_key": "report:2", "payload": {}}]}
            """));

    [Fact]
    public void The_payload_hash_is_the_hash_of_the_payload()
    {
        var fact = Assert.Single(DocumentParser.Parse("OTHER", Json,
            """{"facts": [{"fact_type": "T", "fact_key": "k", "payload": {"b": 2, "a": 1}}]}"""u8.ToArray()));
        Assert.Equal("""{"a":"1","b":"2"}""", Encoding.UTF8.GetString(fact.Payload));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(fact.Payload)), fact.PayloadHash);
    }

    [Fact]
    public void Every_violation_is_named_with_its_pointer_and_what_would_be_right()
    {
        const string bom = """
            {"battery": {"sku": "a:b", "category": "CAR", "rated_capacity_kwh": "abc", "mass_kg": -1, "chemistry": 811,
                         "a/b~c": "\ud800"},
             "components": [{"part_number": "P1", "name": "", "mass_kg": true, "material": ["x"],
                             "country_of_origin": "Finland"}, 7]}
            """;
        Assert.Equal(
            [
                new("/battery/sku", "\"a:b\" is not right; write text such as \"VLT-EV75-NMC\""),
                new("/battery/category", "\"CAR\" is not one of EV, LMT, INDUSTRIAL"),
                new("/battery/rated_capacity_kwh", "\"abc\" is not a number; write a decimal such as 75.5"),
                new("/battery/mass_kg", "-1 is negative; write a decimal such as 75.5"),
                new("/battery/chemistry", "811 stands here; write text"),
                new("/battery/a~1b~0c", "the text holds half of a surrogate pair, which is not Unicode"),
                new("/components/0/name", "empty; write text"),
                new("/components/0/mass_kg", "true stands here; write a decimal such as 75.5"),
                new("/components/0/material", "a list stands here; write text"),
                new("/components/0/country_of_origin", "\"Finland\" is not right; write text such as \"DE\""),
                new("/components/1", "7 stands here; write an object"),
            ],
            Violations("BOM", Json, bom));
    }

    [Fact]
    public void Every_violation_of_a_table_is_named_with_line_and_column() => Assert.Equal(
        [
            new("line 4, column 3", "manufactured_on: \"14.9.2026\" is not right; write a date such as 2026-09-14"),
            new("line 4, column 5", "power_w: \"5 kW\" is not a number; write a decimal such as 75.5"),
            new("line 5", "has 2 cells; the header has 5"),
            new("line 6", "a quote inside a cell that is not quoted; quote the cell and write the quote twice"),
            new("line 7, column 2", "serial_number: empty; write text such as \"VLT75-26-000101\""),
        ],
        Violations("ITEMS", Csv, """
            sku,serial_number,manufactured_on,manufacturing_place,power_w
            S1,1,2026-09-14,"two
            lines",5
            S1,2,14.9.2026,Kassel,5 kW
            S1,3
            S1,4,2026-09-14,Kas"sel,5
            S1,,2026-09-14,Kassel,5
            """));

    [Theory]
    [InlineData("sku;serial_number", "line 1", "the column sku is missing")]
    [InlineData($"sku,{ItemHeader}", "line 1, column 2", "\"sku\" stands here twice")]
    [InlineData($",{ItemHeader}", "line 1, column 1", "has no name")]
    [InlineData($"{ItemHeader}\nS,1,2026-01-01,\"x", "line 2", "a quoted cell is never closed")]
    [InlineData("", "",
        "is empty; write a header line with the columns sku, serial_number, manufactured_on, manufacturing_place")]
    public void A_broken_table_is_refused(string table, string where, string message) =>
        Assert.Contains(new(where, message), Violations("ITEMS", Csv, table));

    [Theory]
    [InlineData("""{"facts": []""", "line 1, byte 13")]
    [InlineData("{\"facts\": [\n NaN]}", "line 2, byte 2")]
    [InlineData("""{"facts": [01]}""", "line 1, byte 13")]
    [InlineData("""{"facts": [],}""", "line 1, byte 14")]
    [InlineData("{} {}", "line 1, byte 4")]
    [InlineData("", "line 1, byte 1")]
    public void Broken_JSON_is_refused_with_its_line(string document, string where) =>
        Assert.Equal(where, Assert.Single(Violations("OTHER", Json, document)).Where);

    [Theory]
    [InlineData("""{"facts": [], "facts": []}""", "/facts", "stands here twice")]
    [InlineData("""{"facts": []}""", "/facts", "a list of 0 items; 1 to 10000 are allowed")]
    [InlineData("\uFEFF{}", "", "starts with a byte order mark; write UTF-8 without one")]
    public void What_is_outside_strict_JSON_is_refused(string document, string where, string message) =>
        Assert.Contains(new(where, message), Violations("OTHER", Json, document));

    [Theory]
    [InlineData(""" "payload": {"a": 1, "\u0061": 2} """, "/facts/0/payload/a", "stands here twice")]
    [InlineData(""" "payload": {"a": 1e99} """, "/facts/0/payload/a", "has more than 60 digits")]
    [InlineData(""" "payload": {"\udc00": 1} """, "/facts/0/payload", "half of a surrogate pair")]
    [InlineData(""" "payload": {}, "note": 1 """, "/facts/0/note", "is no member of this object")]
    [InlineData(""" "payload": [] """, "/facts/0/payload", "a list stands here; write an object")]
    public void What_is_wrong_with_a_given_fact_is_named(string members, string where, string message)
    {
        var violation = Assert.Single(
            Violations("OTHER", Json, $$"""{"facts": [{"fact_type": "T", "fact_key": "k", {{members}}}]}"""));
        Assert.Equal(where, violation.Where);
        Assert.Contains(message, violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_are_written_out_in_messages() => Assert.Equal(
        [new("/facts/0/fact_key", "\"a\\u0000b\" is not right; write text such as \"test-report:VLT-EV75-NMC:1\"")],
        Violations("OTHER", Json, """{"facts": [{"fact_type": "T", "fact_key": "a\u0000b", "payload": {}}]}"""));

    [Fact]
    public void Invalid_UTF8_is_refused()
    {
        byte[] bytes = [.. "sku,"u8, 0xC3, 0x28];
        Assert.All([Json, Csv], form => Assert.Equal("is not UTF-8",
            Assert.Throws<BpcException>(() => DocumentParser.Parse("ITEMS", form, bytes)).Message));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public void JSON_may_nest_64_deep(int lists, bool allowed)
    {
        // The lists stand in an object (payload) in an object in a list in an object.
        var document = Given($"{new string('[', lists)}{new string(']', lists)}");
        if (allowed)
        {
            Assert.Single(Parse("OTHER", Json, document));
        }
        else
        {
            Assert.Matches("depth of 64", Assert.Single(Violations("OTHER", Json, document)).Message);
        }
    }

    [Fact]
    public void Two_facts_of_one_key_are_refused() =>
        Assert.Equal(
            [new("/components/1", "Component component:S1:P1 stands in this document already, at /components/0")],
            Violations("BOM", Json, $$"""{"battery": {{Battery}}, "components": [{{Component}}, {{Component}}]}"""));

    [Fact]
    public void A_hundred_violations_are_listed_and_the_rest_is_mentioned()
    {
        var components = string.Join(',', Enumerable.Repeat("1", 200));
        var violations = Violations("BOM", Json, $$"""{"battery": {{Battery}}, "components": [{{components}}]}""");
        Assert.Equal(101, violations.Count);
        Assert.Equal("there are more: only the first 100 are listed", violations[^1].Message);
    }

    [Theory]
    [InlineData("PCF", Csv, "\"text/csv\" is no form of PCF; write application/json")]
    [InlineData("ITEMS", "text/plain", "\"text/plain\" is no form of ITEMS; write application/json or text/csv")]
    [InlineData("PLAN", Json, "\"PLAN\" is no kind of document; kinds are BOM, PCF, DUE_DILIGENCE, ITEMS, OTHER")]
    public void Only_known_kinds_and_forms_are_read(string kind, string mimeType, string message) =>
        Assert.Equal(message, Assert.Single(Violations(kind, mimeType, "{}")).Message);

    [Fact]
    public void Documents_have_limits()
    {
        var large = new byte[DocumentParser.MaxBytes + 1];
        Assert.Equal("is 10485761 bytes long; at most 10485760 are allowed",
            Assert.Throws<BpcException>(() => DocumentParser.Parse("OTHER", Json, large)).Message);

        var row = $"[{string.Join(',', Enumerable.Repeat("0", 9_000))}]";
        var many = Given($"[{string.Join(',', Enumerable.Repeat(row, 60))}]");
        Assert.Equal("more than 500000 values stand in this document; split it",
            Assert.Single(Violations("OTHER", Json, many)).Message);
    }

    private static string Given(string value) =>
        $$$"""{"facts": [{"fact_type": "T", "fact_key": "k", "payload": {"a": {{{value}}}}}]}""";

    private static IEnumerable<(string Type, string Key, string Payload)> Parse(
        string kind, string mimeType, string document) =>
        DocumentParser.Parse(kind, mimeType, Encoding.UTF8.GetBytes(document))
            .Select(fact => (fact.FactType, fact.FactKey, Encoding.UTF8.GetString(fact.Payload)));

    private static IReadOnlyList<Violation> Violations(string kind, string mimeType, string document)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        var refused = Assert.Throws<BpcException>(() => DocumentParser.Parse(kind, mimeType, bytes));
        Assert.Equal(BpcError.DocumentRejected, refused.Code);
        return refused.Violations;
    }
}
