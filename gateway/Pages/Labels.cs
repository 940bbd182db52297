namespace Bpc.Gateway.Pages;

/// <summary>Makes words out of the names of rules: <c>rated_capacity_kwh</c> in kWh → Rated capacity.</summary>
internal static class Labels
{
    // Names a reader knows in another spelling than a lower-case word.
    private static readonly Dictionary<string, string> s_known = new(StringComparer.Ordinal)
    {
        ["bom"] = "BOM",
        ["cas"] = "CAS",
        ["cd"] = "Cd",
        ["cf"] = "carbon footprint",
        ["co"] = "Co",
        ["co2"] = "CO₂",
        ["co2e"] = "CO₂e",
        ["dpp"] = "DPP",
        ["eu"] = "EU",
        ["gtin"] = "GTIN",
        ["id"] = "ID",
        ["ids"] = "IDs",
        ["info"] = "information",
        ["kg"] = "kg",
        ["kwh"] = "kWh",
        ["li"] = "Li",
        ["max"] = "maximum",
        ["min"] = "minimum",
        ["ni"] = "Ni",
        ["pb"] = "Pb",
        ["pcf"] = "carbon footprint",
        ["post"] = "post-consumer",
        ["pre"] = "pre-consumer",
        ["qr"] = "QR",
        ["ref"] = "reference",
        ["rte"] = "round-trip efficiency",
        ["sku"] = "SKU",
        ["sha256"] = "SHA-256",
        ["soce"] = "state of certified energy",
        ["soh"] = "state of health",
        ["url"] = "link",
    };

    public static string Of(IEnumerable<string> path, string? unit) =>
        string.Join(" · ", path.Select((part, i) => Words(part, unit)));

    /// <summary>
    /// The words of one name; its last ones fall away where the unit, which stands beside the value, says them.
    /// </summary>
    public static string Words(string name, string? unit = null)
    {
        var words = name.Split('_', StringSplitOptions.RemoveEmptyEntries).ToList();
        var spelt = unit?.Split('/', '*').Select(u => u == "%" ? "percent" : u.ToLowerInvariant()).ToList() ?? [];
        while (words.Count > 1 && spelt.Contains(words[^1]))
        {
            words.RemoveAt(words.Count - 1);
        }

        var text = string.Join(' ', words.Select(w => s_known.GetValueOrDefault(w, w)));
        return text.Length == 0 ? name : char.ToUpperInvariant(text[0]) + text[1..];
    }

    public static string? Unit(string? unit) => unit switch
    {
        null or "1" => null,
        "percent" or "pct" => "%",
        "degC" => "°C",
        _ => unit.Replace("CO2", " CO₂", StringComparison.Ordinal).Replace("Ohm", "Ω", StringComparison.Ordinal)
            .Replace("*", "·", StringComparison.Ordinal),
    };
}
