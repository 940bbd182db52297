using System.Text.Json;

namespace Bpc.Core.Facts;

/// <summary>
/// The published JSON Schema (2020-12) of each kind of document: what the parser checks is made from it.
/// </summary>
public sealed class DocumentSchema
{
    private readonly byte[] _bytes;

    private DocumentSchema(string kind, string file, string? row = null)
    {
        using var resource = typeof(DocumentSchema).Assembly.GetManifestResourceStream($"schemas/{file}.json")!;
        _bytes = new byte[resource.Length];
        resource.ReadExactly(_bytes);
        using var json = JsonDocument.Parse(_bytes);
        var reader = new SchemaReader(json.RootElement);
        (Kind, Shape, Row) = (kind, reader.Root(), row is null ? null : (Shape.Members)reader.Definition(row));
    }

    /// <summary>Every kind, by its name.</summary>
    public static IReadOnlyDictionary<string, DocumentSchema> Kinds { get; } = new DocumentSchema[]
    {
        new(DocumentKinds.Bom, "bom", row: "component_row"),
        new(DocumentKinds.Pcf, "pcf"),
        new(DocumentKinds.DueDiligence, "due-diligence"),
        new(DocumentKinds.Items, "items", row: "item"),
        new(DocumentKinds.Other, "other"),
    }.ToDictionary(schema => schema.Kind, StringComparer.Ordinal);

    public string Kind { get; }

    /// <summary>The schema as published in docs/schemas.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>What the JSON document must look like.</summary>
    internal Shape Shape { get; }

    /// <summary>What a row of the CSV document must look like; null where a table does not fit the kind.</summary>
    internal Shape.Members? Row { get; }
}
