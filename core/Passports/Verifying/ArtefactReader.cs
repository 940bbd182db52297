using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// Takes payloads, sections and receipts of somebody else's making apart; another form than the format's is
/// VALIDATION_ERROR. What a signer signed is no less to be looked at: a reader must understand it as he did.
/// </summary>
internal static class ArtefactReader
{
    private const int SaltCharacters = 32;

    private static readonly string[] s_receiptIds =
    [
        "tenant_id", "passport_version_id", "passport_id", "battery_product_id", "snapshot_id",
        "rule_package_version_id",
    ];

    private static readonly string[] s_receiptHashes =
        ["snapshot_hash", "dsl_sha256", "tests_sha256", "payload_hash", "proof_root_hash"];

    private static readonly string[] s_payloadIds = ["passport_version_id", "passport_id", "battery_product_id"];

    private static readonly string[] s_outcomes =
        ["PASS", "FAIL", "NOT_APPLICABLE", "MISSING", "NOT_YET_REQUIRED", "CONDITION_UNRESOLVED"];

    /// <summary>A receipt: exactly its members, each in its text form.</summary>
    public static JsonValue.Record Receipt(JsonValue? value)
    {
        var receipt = Strict.Object(
            value, "the receipt",
            [
                "receipt_version", "issued_at", "compiler_build_id", "signature_alg",
                .. s_receiptIds, .. s_receiptHashes,
            ]);
        Strict.Version(receipt["receipt_version"], ReceiptWriter.Version, "receipt_version");
        Strict.Version(receipt["signature_alg"], ReceiptWriter.Algorithm, "signature_alg");
        Strict.Text(receipt["compiler_build_id"], "compiler_build_id of the receipt");
        Strict.Time(receipt["issued_at"], "issued_at of the receipt");
        Each(s_receiptIds, receipt, Strict.Id, "the receipt");
        Each(s_receiptHashes, receipt, Strict.Hash, "the receipt");
        return receipt;
    }

    /// <summary>A payload; its sections are four hashes.</summary>
    public static JsonValue.Record Payload(JsonValue? value)
    {
        var payload = Strict.Object(
            value, "the payload",
            ["payload_version", "sku", "serial_number", "issued_at", "sections", .. s_payloadIds]);
        Strict.Version(payload["payload_version"], PayloadWriter.Version, "payload_version");
        Strict.Text(payload["sku"], "sku of the payload");
        Strict.Text(payload["serial_number"], "serial_number of the payload");
        Strict.Time(payload["issued_at"], "issued_at of the payload");
        Each(s_payloadIds, payload, Strict.Id, "the payload");
        const string hashes = "the payload's sections";
        Each(SectionNames.All, Strict.Object(payload["sections"], hashes, [.. SectionNames.All]), Strict.Hash, hashes);
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
            var check = Line(item, name);
            if (last is not null && string.CompareOrdinal(check, last) <= 0)
            {
                throw Strict.Wrong($"the compliance of section {name} is not ordered by check: {check} after {last}");
            }

            last = check;
        }

        return section;
    }

    /// <summary>The check of a compliance line.</summary>
    private static string Line(JsonValue item, string section)
    {
        var line = Strict.Object(item, $"a compliance line of section {section}", "check", "cites", "outcome");
        var check = Strict.Text(line["check"], $"a check of section {section}");
        Strict.OneOf(s_outcomes, line["outcome"], $"the outcome of {check}");
        return line["cites"] is JsonValue.Text or JsonValue.Null
            ? check : throw Strict.Wrong($"the citation of {check} is neither a string nor null");
    }

    private static void Each(
        IEnumerable<string> names, JsonValue.Record record, Action<JsonValue?, string> check, string where)
    {
        foreach (var name in names)
        {
            check(record[name], $"{name} of {where}");
        }
    }
}
