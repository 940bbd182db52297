using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// What bundles and views share: payload, receipt, signature and the sections that are shown; each of its right form
/// but not yet believed.
/// </summary>
internal sealed record SignedContent(
    JsonValue.Record Payload, IReadOnlyDictionary<string, JsonValue.Record> Sections, JsonValue.Record Receipt,
    string ReceiptHash, byte[] Signature, byte[] PublicKey)
{
    /// <summary>No file within the artefacts' limits comes near it; it bounds what a hostile one may cost.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>One canonical JSON object. VALIDATION_ERROR where the bytes are none.</summary>
    public static JsonValue Parse(ReadOnlySpan<byte> bytes, string what) => bytes.Length <= MaxBytes
        ? CanonicalReader.ReadCanonical(bytes)
        : throw Strict.Wrong($"{bytes.Length} bytes are more than {what} may have ({MaxBytes})");

    /// <summary>Takes the shared members out of an object that has <paramref name="sections"/>.</summary>
    public static SignedContent Read(JsonValue.Record file, IReadOnlyCollection<string> sections)
    {
        var shown = Strict.Object(file["sections"], "sections", [.. sections]);
        return new(
            ArtefactReader.Payload(file["payload"]),
            sections.ToDictionary(name => name, name => ArtefactReader.Section(name, shown[name])),
            ArtefactReader.Receipt(file["receipt"]),
            Strict.Text(file["receipt_hash"], "receipt_hash"),
            Strict.Base64(file["signature"], "signature"),
            Strict.Base64(file["signing_key_public"], "signing_key_public"));
    }
}
