using System.Diagnostics;
using Bpc.Core.Canonical;

namespace Bpc.Core.Facts;

/// <summary>Reads the facts out of a document's bytes (kinds and their schemas: docs/documents.md).</summary>
public static class DocumentParser
{
    /// <summary>The largest document, decoded.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>
    /// The facts, in document order; the same bytes always give the same facts. DOCUMENT_REJECTED with every
    /// violation.
    /// </summary>
    public static IReadOnlyList<Fact> Parse(string kind, string mimeType, ReadOnlyMemory<byte> content)
    {
        var violations = new Violations();
        var statements = Statements(kind, mimeType, content, violations);
        if (!violations.Any)
        {
            RefuseDuplicates(statements, violations);
        }

        return violations.Any ? throw violations.Rejected() : [.. statements.Select(Fact)];
    }

    /// <summary>A fact to be, and where in the document it stands.</summary>
    private sealed record Statement(string Type, string Key, JsonValue.Record Payload, string Where);

    private static List<Statement> Statements(
        string kind, string mimeType, ReadOnlyMemory<byte> content, Violations violations)
    {
        if (!DocumentSchema.Kinds.TryGetValue(kind, out var schema))
        {
            var kinds = string.Join(", ", DocumentSchema.Kinds.Keys);
            violations.Add("", $"{Quoted.Text(kind)} is no kind of document; kinds are {kinds}");
        }
        else if (content.Length > MaxBytes)
        {
            violations.Add("", $"is {content.Length} bytes long; at most {MaxBytes} are allowed");
        }
        else if (mimeType == "application/json")
        {
            var document = new JsonDocumentReader(violations).Read(content, schema.Shape);
            return violations.Any ? [] : [.. FromJson(kind, document, violations)];
        }
        else if (mimeType == "text/csv" && schema.Row is { } row)
        {
            var rows = new CsvRecords(violations, row).Read(content);
            return violations.Any ? [] : [.. rows.Select(r => FromRow(kind, r.Row, r.Where))];
        }
        else
        {
            var forms = schema.Row is null ? "application/json" : "application/json or text/csv";
            violations.Add("", $"{Quoted.Text(mimeType)} is no form of {kind}; write {forms}");
        }

        return [];
    }

    private static IEnumerable<Statement> FromJson(string kind, JsonValue document, Violations violations) =>
        (kind, document) switch
        {
            (DocumentKinds.Bom, JsonValue.Record bom) => Bom(bom, violations),
            (DocumentKinds.Pcf, JsonValue.Record pcf) => [new("PCF", $"pcf:{Text(pcf, "sku")}", pcf, "")],
            (DocumentKinds.DueDiligence, JsonValue.Record dd) => [new("DueDiligence", $"dd:{Text(dd, "sku")}", dd, "")],
            (DocumentKinds.Items, JsonValue.List items) => Records(items, "").Select(r => Item(r.Record, r.Where)),
            (DocumentKinds.Items, JsonValue.Record file) =>
                Records(file["items"], "/items").Select(r => Item(r.Record, r.Where)),
            (DocumentKinds.Other, JsonValue.Record file) =>
                Records(file["facts"], "/facts").Select(r => Given(r.Record, r.Where)),
            _ => throw new UnreachableException($"{kind} {document}"),
        };

    private static Statement FromRow(string kind, JsonValue.Record row, string where) =>
        kind == DocumentKinds.Bom ? Component(Text(row, "sku"), row, where) : Item(row, where);

    private static IEnumerable<Statement> Bom(JsonValue.Record bom, Violations violations)
    {
        var named = (JsonValue.Record)bom["battery"]!;
        var battery = new Dictionary<string, JsonValue>(named.Members, StringComparer.Ordinal);
        foreach (var (name, value) in bom.Members.Where(member => member.Key is not ("battery" or "components")))
        {
            // What the BOM says beside its two members is about the battery: nothing of a document is lost.
            if (!battery.TryAdd(name, value))
            {
                violations.Add(Place.Root.Member(name).ToString(), $"stands in /battery too; write it there alone");
            }
        }

        var sku = Text(named, "sku");
        return Records(bom["components"], "/components").Select(r => Component(sku, r.Record, r.Where))
            .Prepend(new("Battery", $"battery:{sku}", new(battery), "/battery"));
    }

    private static Statement Component(string sku, JsonValue.Record component, string where) =>
        new("Component", $"component:{sku}:{Text(component, "part_number")}", component, where);

    private static Statement Item(JsonValue.Record item, string where) =>
        new("Item", $"item:{Text(item, "sku")}:{Text(item, "serial_number")}", item, where);

    private static Statement Given(JsonValue.Record fact, string where) =>
        new(Text(fact, "fact_type"), Text(fact, "fact_key"), (JsonValue.Record)fact["payload"]!, where);

    private static IEnumerable<(JsonValue.Record Record, string Where)> Records(JsonValue? list, string where) =>
        ((JsonValue.List)list!).Items.Cast<JsonValue.Record>().Select((record, i) => (record, $"{where}/{i}"));

    private static string Text(JsonValue.Record record, string member) => ((JsonValue.Text)record[member]!).Value;

    private static void RefuseDuplicates(List<Statement> statements, Violations violations)
    {
        var first = new Dictionary<(string, string), string>();
        foreach (var (type, key, _, where) in statements)
        {
            if (!first.TryAdd((type, key), where))
            {
                violations.Add(where, $"{type} {key} stands in this document already, at {first[(type, key)]}");
            }
        }
    }

    private static Fact Fact(Statement statement)
    {
        var payload = CanonicalJson.Write(statement.Payload);
        return new(statement.Type, statement.Key, payload, CanonicalJson.HashHex(payload));
    }
}
