using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// Takes payloads, sections and receipts of somebody else's making apart; another form than the format's is
/// VALIDATION_ERROR.
/// </summary>
internal static class ArtefactReader
{
    private const int SaltCharacters = 32;

    /// <summary>A receipt: exactly its members, all of them strings.</summary>
    public static JsonValue.Record Receipt(JsonValue? value)
    {
        var receipt = Strict.Object(
            value, "the receipt", "receipt_version", "issued_at", "tenant_id", "passport_version_id", "passport_id",
            "battery_product_id", "snapshot_id", "snapshot_hash", "rule_package_version_id", "dsl_sha256",
            "tests_sha256", "compiler_build_id", "payload_hash", "proof_root_hash", "signature_alg");
        Strict.Texts(receipt, "the receipt");
        Strict.Version(receipt["receipt_version"], ReceiptWriter.Version, "receipt_version");
        Strict.Version(receipt["signature_alg"], ReceiptWriter.Algorithm, "signature_alg");
        return receipt;
    }

    /// <summary>A payload; its sections are four hashes.</summary>
    public static JsonValue.Record Payload(JsonValue? value)
    {
        var payload = Strict.Object(
            value, "the payload", "payload_version", "passport_version_id", "passport_id", "battery_product_id", "sku",
            "serial_number", "issued_at", "sections");
        Strict.Version(payload["payload_version"], PayloadWriter.Version, "payload_version");
        const string hashes = "the payload's sections";
        Strict.Texts(Strict.Object(payload["sections"], hashes, [.. SectionNames.All]), hashes);
        return payload;
    }

    /// <summary>One section: fields, compliance ordered by check, and a salt of 16 bytes in hex.</summary>
    public static JsonValue.Record Section(string name, JsonValue? value)
    {
        var section = Strict.Object(value, $"section {name}", "compliance", "fields", "salt");
        if (Strict.Text(section["salt"], $"the salt of section {name}") is var salt
            && (salt.Length != SaltCharacters || !salt.All(char.IsAsciiHexDigitLower)))
        {
            throw Strict.Wrong($"the salt of section {name} is not 16 bytes in hex");
        }

        if (section["fields"] is not JsonValue.Record)
        {
            throw Strict.Wrong($"the fields of section {name} are not an object");
        }

        string? last = null;
        foreach (var item in Strict.List(section["compliance"], $"the compliance of section {name}"))
        {
            var line = Strict.Object(item, $"a compliance line of section {name}", "check", "cites", "outcome");
            var check = Strict.Text(line["check"], $"a check of section {name}");
            Strict.Text(line["outcome"], $"the outcome of {check}");
            if (last is not null && string.CompareOrdinal(check, last) <= 0)
            {
                throw Strict.Wrong($"the compliance of section {name} is not ordered by check: {check} after {last}");
            }

            last = check;
        }

        return section;
    }
}
