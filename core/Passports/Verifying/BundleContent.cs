using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>The parts of a bundle, each of its right form but not yet believed.</summary>
internal sealed record BundleContent(SignedContent Signed, JsonValue Proof, string QrPayload, byte[] QrPng)
{
    /// <summary>VALIDATION_ERROR where the bytes are not one canonical BPC-BUNDLE-1.</summary>
    public static BundleContent Read(ReadOnlySpan<byte> bytes)
    {
        var bundle = Strict.Object(
            SignedContent.Parse(bytes, "a bundle"), "the bundle", "bundle_version", "payload", "proof", "qr_payload",
            "qr_png", "receipt", "receipt_hash", "sections", "signature", "signing_key_public");
        Strict.Version(bundle["bundle_version"], Bundle.Version, "bundle_version");
        return new(
            SignedContent.Read(bundle, [.. SectionNames.All]),
            bundle["proof"]!,
            Strict.Text(bundle["qr_payload"], "qr_payload"),
            Strict.Base64(bundle["qr_png"], "qr_png"));
    }
}
