using Bpc.Core.Canonical;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;
using NSec.Cryptography;

namespace Bpc.Tests.Passports;

/// <summary>The sample passport as a signer would make it who signs anything: all its hashes hold.</summary>
internal static class Resigned
{
    /// <summary>
    /// One value changed, everything above it hashed again and signed with the sample's key. <paramref name="path"/>
    /// begins with <c>section</c> (the public one), <c>payload</c>, <c>receipt</c> or <c>both</c> of the latter.
    /// </summary>
    public static SignedPassport With(string path, string json)
    {
        var passport = Sample.Sign(Sample.Compiled());
        var (where, rest) = (path.Split('/', 2)[0], path.Split('/', 2)[1]);
        var section = Changed("section", passport.Sections["public"]);
        var payload = Changed("payload", Edit(passport.Payload, "sections/public", section));
        var receipt = Changed("receipt", Edit(passport.Receipt, "payload_hash", payload));
        var hash = CanonicalJson.HashHex(receipt);
        return passport with
        {
            Sections = new Dictionary<string, byte[]>(passport.Sections) { ["public"] = section },
            Payload = payload,
            Receipt = receipt,
            ReceiptHash = hash,
            Signature = Sign(hash),
        };

        byte[] Changed(string name, byte[] artefact) => where == name || (where == "both" && name != "section")
            ? BundleVerifierTests.Edit(artefact, rest, json) : artefact;
    }

    private static byte[] Edit(byte[] artefact, string path, byte[] hashed) =>
        BundleVerifierTests.Edit(artefact, path, $"\"{CanonicalJson.HashHex(hashed)}\"");

    // The signer itself takes only what is a receipt.
    private static ReceiptSignature Sign(string hash)
    {
        using var key = Key.Import(
            SignatureAlgorithm.Ed25519, Enumerable.Repeat((byte)1, 32).ToArray(), KeyBlobFormat.RawPrivateKey);
        return new(
            SignatureAlgorithm.Ed25519.Sign(key, Convert.FromHexString(hash)), "dev-key-1",
            key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }
}
