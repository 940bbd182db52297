using System.Text;
using System.Text.Json.Nodes;
using Bpc.Core;
using Bpc.Core.Facts;

namespace Bpc.Tests.Facts;

/// <summary>Holds together the sample battery, the published schemas and the parser.</summary>
public sealed class SampleDocumentsTests
{
    private static readonly string s_sample = Path.Combine(Repository.Root, "samples", "ev-battery");
    private static readonly string s_schemas = Path.Combine(Repository.Root, "docs", "schemas");

    public static TheoryData<string, string, string, int> Documents => new()
    {
        { "BOM", "application/json", "bom.json", 18 },
        { "PCF", "application/json", "pcf.json", 1 },
        { "DUE_DILIGENCE", "application/json", "due-diligence.json", 1 },
        { "ITEMS", "text/csv", "items.csv", 3 },
    };

    /// <summary>The pointer of an object in the sample and that of its schema.</summary>
    public static TheoryData<string, string, string, string> Objects => new()
    {
        { "BOM", "bom.json", "", "" },
        { "BOM", "bom.json", "/battery", "/$defs/battery" },
        { "BOM", "bom.json", "/components/3", "/$defs/component" },
        { "PCF", "pcf.json", "", "" },
        { "PCF", "pcf.json", "/stages/1", "/$defs/stage" },
        { "DUE_DILIGENCE", "due-diligence.json", "", "" },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_sample_documents_are_accepted(string kind, string mimeType, string file, int facts)
    {
        var content = File.ReadAllBytes(Path.Combine(s_sample, file));
        var first = DocumentParser.Parse(kind, mimeType, content);
        Assert.Equal(facts, first.Count);
        var again = DocumentParser.Parse(kind, mimeType, content);
        Assert.Equal(first.Select(fact => fact.PayloadHash), again.Select(fact => fact.PayloadHash));
    }

    [Fact]
    public void The_samples_masses_and_stages_add_up()
    {
        var bom = Read(s_sample, "bom.json");
        var masses = bom["components"]!.AsArray().Select(component => (decimal)component!["mass_kg"]!);
        Assert.Equal((decimal)bom["battery"]!["mass_kg"]!, masses.Sum());
        var pcf = Read(s_sample, "pcf.json");
        Assert.Equal((decimal)pcf["total_gco2e"]!, pcf["stages"]!.AsArray().Sum(s => (decimal)s!["gco2e"]!));
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void A_member_the_schema_requires_the_parser_requires(string kind, string file, string at, string schemaAt)
    {
        var schema = Pointed(Read(s_schemas, file), schemaAt);
        foreach (var required in schema["required"]!.AsArray().Select(name => name!.GetValue<string>()))
        {
            var document = Read(s_sample, file);
            Assert.True(Pointed(document, at).AsObject().Remove(required));
            var refused = Assert.Throws<BpcException>(
                () => DocumentParser.Parse(kind, "application/json", Encoding.UTF8.GetBytes(document.ToJsonString())));
            var missing = Assert.Single(refused.Violations);
            Assert.Equal($"{at}/{required}", missing.Where);
            Assert.StartsWith("is missing; write ", missing.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_schemas_served_are_the_schemas_published()
    {
        var published = Directory.GetFiles(s_schemas).Select(File.ReadAllText);
        var served = DocumentSchema.Kinds.Values.Select(schema => Encoding.UTF8.GetString(schema.Bytes.Span));
        Assert.Equal(published.Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_schema_keyword_the_parser_does_not_check_is_refused()
    {
        using var schema = System.Text.Json.JsonDocument.Parse("""{"type": "array", "uniqueItems": true}""");
        Assert.Throws<NotSupportedException>(() => new SchemaReader(schema.RootElement).Root());
    }

    private static JsonNode Read(string folder, string file) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, file)))!;

    private static JsonNode Pointed(JsonNode root, string pointer) => pointer.Split('/').Skip(1).Aggregate(
        root, (node, name) => node is JsonArray list ? list[int.Parse(name)]! : node[name]!);
}
