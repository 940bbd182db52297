namespace Bpc.Core.Facts;

/// <summary>The kinds of documents; each has a published schema.</summary>
public static class DocumentKinds
{
    public const string Bom = "BOM";
    public const string Pcf = "PCF";
    public const string DueDiligence = "DUE_DILIGENCE";
    public const string Items = "ITEMS";
    public const string Other = "OTHER";

    public static IReadOnlyList<string> All { get; } = [Bom, Pcf, DueDiligence, Items, Other];
}
