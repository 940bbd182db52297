using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Proving;
using JsonArray = System.Text.Json.Nodes.JsonArray;
using JsonNode = System.Text.Json.Nodes.JsonNode;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace Bpc.Tests.Passports;

/// <summary>Proofs whose hashes all hold, made by somebody who knows how to hash.</summary>
public sealed class ProofVerifierTests
{
    /// <summary>A value, a field that reads it and a check that reads both.</summary>
    private const string Whole = """
        {
          "check_index": { "c": 3 }, "field_index": { "f": 0, "g": 1 }, "proof_version": "BPC-PROOF-1",
          "nodes": [
            { "id": 0, "type": "CONST", "data": { "value": "1" }, "children": [] },
            { "id": 1, "type": "FIELD_REF", "data": { "field": "f" }, "children": [0] },
            { "id": 2, "type": "OP", "data": { "op": "==", "result": true }, "children": [0, 1] },
            { "id": 3, "type": "COMPLIANCE_EMIT", "data": { "check": "c", "outcome": "PASS" }, "children": [2] }
          ]
        }
        """;

    [Fact]
    public void What_is_whole_holds_and_a_field_that_reads_another_has_its_value()
    {
        var check = Verify("proof_version", "\"BPC-PROOF-1\"");
        Assert.Null(check.Mismatch);
        Assert.Equal("1", check.FieldResults["f"]);
        Assert.Equal("1", check.FieldResults["g"]);
        Assert.Equal("PASS", check.CheckOutcomes["c"]);
    }

    [Theory]
    [InlineData("proof_version", "\"BPC-PROOF-2\"", "proof_version is not BPC-PROOF-1")]
    [InlineData("more", "1", "the proof has a member that does not belong there")]
    [InlineData("nodes", "{}", "nodes is not a list")]
    [InlineData("nodes/0/id", "1", "node 0: ids do not count from 0 without a gap")]
    [InlineData("nodes/1/id", "\"1\"", "node 1: ids do not count from 0 without a gap")]
    [InlineData("nodes/1/more", "1", "node 1 has a member that does not belong there")]
    [InlineData("nodes/1/children", "{}", "node 1: children is not a list")]
    [InlineData("nodes/1/children/0", "1", "node 1: a child does not come before its parent")]
    [InlineData("nodes/1/children/0", "-1", "node 1: a child does not come before its parent")]
    [InlineData("nodes/1/type", "1", "node 1: type is not a text")]
    [InlineData("nodes/0/type", "\"MAGIC\"", "node 0: no step of type MAGIC has this data")]
    [InlineData("nodes/0/data", "{}", "node 0: no step of type CONST has this data")]
    [InlineData("nodes/0/data", "[]", "node 0: no step of type CONST has this data")]
    [InlineData("nodes/0/type", "\"FACT_GET\"", "node 0: no step of type FACT_GET has this data")]
    [InlineData("nodes/0/type", "\"ASSERT\"", "node 0: no step of type ASSERT has this data")]
    [InlineData("nodes/1/data/field", "1", "node 1: no step of type FIELD_REF has this data")]
    [InlineData("nodes/2/data", "{\"op\":\"==\"}", "node 2: no step of type OP has this data")]
    [InlineData("nodes/3/data", "{\"check\":\"c\"}", "node 3: no step of type COMPLIANCE_EMIT has this data")]
    [InlineData("nodes/3/data/check", "1", "node 3: no step of type COMPLIANCE_EMIT has this data")]
    [InlineData("field_index", "[]", "field_index is not an object")]
    [InlineData("field_index/f", "4", "field_index: f names no node")]
    [InlineData("field_index/f", "-1", "field_index: f names no node")]
    [InlineData("field_index/f", "2", "node 1: does not lead to field f")]
    [InlineData("nodes/1/data/field", "\"h\"", "node 1: does not lead to field h")]
    [InlineData("nodes/1/children", "[0, 0]", "node 1: does not lead to field f")]
    [InlineData("nodes/3/children", "[0]", "node 2: belongs to no field and no check")]
    [InlineData("field_index/h", "3", "field_index: h leads to a node without a result")]
    [InlineData("check_index/c", "2", "node 3: belongs to no field and no check")]
    [InlineData("check_index/d", "3", "check_index: d leads to a node that is not its outcome")]
    [InlineData("check_index/d", "2", "check_index: d leads to a node that is not its outcome")]
    [InlineData("nodes/3/data/outcome", "1", "check_index: c leads to a node that is not its outcome")]
    public void What_hashes_alone_do_not_show_is_named(string path, string json, string mismatch) =>
        Assert.Equal(mismatch, Verify(path, json).Mismatch);

    [Fact]
    public void A_reference_to_a_field_without_a_value_leads_to_the_check_of_its_name()
    {
        var proof = JsonNode.Parse("""
            {
              "check_index": { "c": 2, "f": 0 }, "field_index": {}, "proof_version": "BPC-PROOF-1",
              "nodes": [
                { "id": 0, "type": "COMPLIANCE_EMIT", "data": { "check": "f", "outcome": "MISSING" }, "children": [] },
                { "id": 1, "type": "FIELD_REF", "data": { "field": "f" }, "children": [0] },
                { "id": 2, "type": "COMPLIANCE_EMIT", "data": { "check": "c", "outcome": "PASS" }, "children": [1] }
              ]
            }
            """)!;
        Assert.Null(Verify(proof).Mismatch);
    }

    /// <summary>The whole proof with one place changed, and every hash made anew.</summary>
    private static ProofCheck Verify(string path, string json)
    {
        var proof = JsonNode.Parse(Whole)!;
        var names = path.Split('/');
        var parent = names[..^1].Aggregate(
            proof, (node, name) => node is JsonArray list ? list[int.Parse(name)]! : node[name]!);
        if (parent is JsonArray items)
        {
            items[int.Parse(names[^1])] = JsonNode.Parse(json);
        }
        else
        {
            parent[names[^1]] = JsonNode.Parse(json);
        }

        return Verify(proof);
    }

    private static ProofCheck Verify(JsonNode proof)
    {
        var hashes = new List<string>();
        foreach (var node in proof["nodes"] as JsonArray ?? [])
        {
            var children = (node!["children"] as JsonArray ?? []).Select(child =>
                hashes.ElementAtOrDefault((int)child!) ?? "").Select(hash => (JsonValue)hash);
            hashes.Add(CanonicalJson.HashHex(JsonValue.Object(
                ("children_hashes", JsonValue.Array(children)), ("data", Canonical(node["data"]!)),
                ("type", Canonical(node["type"]!)))));
            node["hash"] = hashes[^1];
        }

        proof["root_hash"] = ProofRoot.Hash(Hashes("field_index"), Hashes("check_index"));
        return ProofVerifier.Verify(CanonicalJson.Write(Canonical(proof)));

        IEnumerable<KeyValuePair<string, string>> Hashes(string index) =>
            (proof[index] as JsonObject ?? []).OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => KeyValuePair.Create(entry.Key, hashes.ElementAtOrDefault((int)entry.Value!) ?? ""));
    }

    private static JsonValue Canonical(JsonNode node) =>
        CanonicalReader.Read(Encoding.UTF8.GetBytes(node.ToJsonString()));
}
