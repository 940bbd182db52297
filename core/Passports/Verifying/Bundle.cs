using Bpc.Core.Canonical;
using Bpc.Core.Passports.Signing;

namespace Bpc.Core.Passports.Verifying;

/// <summary>All artefacts of one signed version, as stored.</summary>
public sealed record SignedPassport(
    Guid PassportVersionId, byte[] Payload, IReadOnlyDictionary<string, byte[]> Sections, byte[] Proof, byte[] Receipt,
    string ReceiptHash, ReceiptSignature Signature, string QrPayload, byte[] QrPng);

/// <summary>
/// BPC-BUNDLE-1: one canonical JSON document with everything an auditor verifies offline. The artefacts stand in it as
/// JSON, so that their canonical bytes are the stored bytes. The key id is left out: it is not signed, and a bundle
/// holds nothing that is not.
/// </summary>
public static class Bundle
{
    internal const string Version = "BPC-BUNDLE-1";

    public static byte[] Write(SignedPassport passport)
    {
        var writer = new CanonicalWriter();
        writer.BeginObject();
        Text(writer, "bundle_version", Version);
        Artefact(writer, "payload", passport.Payload);
        Artefact(writer, "proof", passport.Proof);
        Text(writer, "qr_payload", passport.QrPayload);
        Text(writer, "qr_png", Convert.ToBase64String(passport.QrPng));
        Artefact(writer, "receipt", passport.Receipt);
        Text(writer, "receipt_hash", passport.ReceiptHash);
        writer.Name("sections");
        writer.BeginObject();
        foreach (var (name, bytes) in passport.Sections.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            Artefact(writer, name, bytes);
        }

        writer.EndObject();
        Text(writer, "signature", Convert.ToBase64String(passport.Signature.Signature));
        Text(writer, "signing_key_public", Convert.ToBase64String(passport.Signature.PublicKey));
        writer.EndObject();
        return writer.ToArray();
    }

    /// <summary>The canonical bytes of a bundle's proof; nothing of them is believed yet.</summary>
    public static byte[] ProofOf(ReadOnlySpan<byte> bundle) => CanonicalJson.Write(BundleContent.Read(bundle).Proof);

    /// <summary>
    /// The SHA-256 of the rule source that a bundle's receipt names; it is signed, once the bundle verifies.
    /// </summary>
    public static string RulesHashOf(ReadOnlySpan<byte> bundle) =>
        Strict.Text(BundleContent.Read(bundle).Signed.Receipt["dsl_sha256"], "dsl_sha256");

    private static void Text(CanonicalWriter writer, string name, string value)
    {
        writer.Name(name);
        writer.Text(value);
    }

    private static void Artefact(CanonicalWriter writer, string name, byte[] canonicalBytes)
    {
        writer.Name(name);
        writer.Raw(canonicalBytes);
    }
}
