using Bpc.Core.Canonical;

namespace Bpc.Core.Passports;

/// <summary>The parts of a bundle, each of its right form but not yet believed.</summary>
internal sealed record BundleContent(
    JsonValue.Record Payload, IReadOnlyDictionary<string, JsonValue.Record> Sections, JsonValue Proof,
    JsonValue.Record Receipt, string ReceiptHash, byte[] Signature, byte[] PublicKey, string QrPayload, byte[] QrPng)
{
    /// <summary>No bundle within the artefacts' limits comes near it; it bounds what a hostile one may cost.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>VALIDATION_ERROR where the bytes are not one canonical BPC-BUNDLE-1.</summary>
    public static BundleContent Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw Strict.Wrong($"{bytes.Length} bytes are more than a bundle may have ({MaxBytes})");
        }

        var bundle = Strict.Object(
            CanonicalReader.ReadCanonical(bytes), "the bundle", "bundle_version", "payload", "proof", "qr_payload",
            "qr_png", "receipt", "receipt_hash", "sections", "signature", "signing_key_public");
        Strict.Version(bundle["bundle_version"], Bundle.Version, "bundle_version");
        var sections = Strict.Object(bundle["sections"], "sections", [.. SectionNames.All]);
        return new(
            ArtefactReader.Payload(bundle["payload"]),
            SectionNames.All.ToDictionary(name => name, name => ArtefactReader.Section(name, sections[name])),
            bundle["proof"]!,
            ArtefactReader.Receipt(bundle["receipt"]),
            Strict.Text(bundle["receipt_hash"], "receipt_hash"),
            Strict.Base64(bundle["signature"], "signature"),
            Strict.Base64(bundle["signing_key_public"], "signing_key_public"),
            Strict.Text(bundle["qr_payload"], "qr_payload"),
            Strict.Base64(bundle["qr_png"], "qr_png"));
    }
}
