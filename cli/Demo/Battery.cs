using System.Text.Json.Nodes;
using Bpc.Core;

namespace Bpc.Cli.Demo;

/// <summary>The battery the passport is for, as the documents' own facts name it.</summary>
internal sealed record Battery(string Sku, string Category, string Name, string SerialNumber, int SerialNumbers)
{
    /// <summary>The first battery of the BOM, and the first of its serial numbers in ITEMS.</summary>
    public static Battery In(IReadOnlyList<FoundFact> facts)
    {
        var model = facts.FirstOrDefault(f => f.FactType == "Battery")?.Payload
            ?? throw Missing("no BOM names a battery: add bom.json with the members battery and components");
        var sku = (string)model["sku"]!;
        var serials = facts.Where(f => f.FactType == "Item" && (string?)f.Payload["sku"] == sku)
            .Select(f => (string)f.Payload["serial_number"]!).Order(StringComparer.Ordinal).ToList();
        return serials.Count == 0
            ? throw Missing($"a passport belongs to one battery: add items.csv with a serial number of {sku}")
            : new(sku, (string)model["category"]!, NameOf(model), serials[0], serials.Count);
    }

    private static string NameOf(JsonNode model) =>
        (string?)model["name"] ?? (string?)model["model"] ?? (string)model["sku"]!;

    private static BpcException Missing(string what) => new(BpcError.Validation, what);
}
