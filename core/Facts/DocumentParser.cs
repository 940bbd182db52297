namespace Bpc.Core.Facts;

/// <summary>Reads the facts out of a document's bytes (SPEC §10 kinds: BOM, PCF, DUE_DILIGENCE, ITEMS, OTHER).</summary>
public static class DocumentParser
{
    /// <summary>The largest document, decoded.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>The facts, in document order; the same bytes always give the same facts. DOCUMENT_REJECTED with every violation.</summary>
    public static IReadOnlyList<Fact> Parse(string kind, string mimeType, ReadOnlyMemory<byte> content) =>
        throw new NotImplementedException();
}
