using System.Text.Json.Nodes;
using Bpc.Core;

namespace Bpc.Cli.Demo;

/// <summary>The battery the passport is for, as the documents' own facts name it.</summary>
internal sealed record Battery(string Sku, string Category, string Name, string SerialNumber, int SerialNumbers)
{
    /// <summary>The first battery of the BOM, and the first serial number of it in ITEMS.</summary>
    public static Battery In(IReadOnlyList<FoundFact> facts)
    {
        var model = facts.FirstOrDefault(f => f.FactType == "Battery")?.Payload
            ?? throw Missing("no BOM names a battery: add bom.json with {\"battery\": {\"sku\", \"category\", …}, \"components\": […]}");
        var sku = (string)model["sku"]!;
        var items = facts.Where(f => f.FactType == "Item" && (string?)f.Payload["sku"] == sku).ToList();
        return items.Count == 0
            ? throw Missing($"no ITEMS document has a serial number of {sku}: a passport belongs to one battery, add items.csv")
            : new(sku, (string)model["category"]!, NameOf(model), (string)items[0].Payload["serial_number"]!, items.Count);
    }

    private static string NameOf(JsonNode model) => (string?)model["name"] ?? (string?)model["model"] ?? (string)model["sku"]!;

    private static BpcException Missing(string what) => new(BpcError.Validation, what);
}
