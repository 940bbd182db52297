using Bpc.Core.Canonical;

namespace Bpc.Core.Passports;

/// <summary>Writes BPC-PASSPORT-1: whose passport it is, and the hashes of its sections.</summary>
internal static class PayloadWriter
{
    public const string Version = "BPC-PASSPORT-1";

    public static byte[] Write(CompileInput input, IReadOnlyDictionary<string, byte[]> sections) =>
        CanonicalJson.Write(JsonValue.Object(
            ("payload_version", Version),
            ("passport_version_id", input.PassportVersionId.ToString("D")),
            ("passport_id", input.PassportId.ToString("D")),
            ("battery_product_id", input.BatteryProductId.ToString("D")),
            ("sku", input.Sku),
            ("serial_number", input.SerialNumber),
            ("issued_at", CanonicalTime.Text(input.IssuedAt)),
            ("sections", JsonValue.Object(sections.Select(s => (s.Key, (JsonValue)CanonicalJson.HashHex(s.Value)))))));
}
