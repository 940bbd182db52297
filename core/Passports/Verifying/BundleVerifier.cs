using Bpc.Core.Passports.Proving;
using Bpc.Core.Passports.Qr;
namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// Verifies a bundle offline, from the signature down: signer, receipt, payload, sections, proof, QR.
/// </summary>
public static class BundleVerifier
{
    /// <summary>
    /// Never throws on what a bundle says. <paramref name="trustedKeys"/>: 32-byte public keys, one of which must have
    /// signed; null checks consistency alone.
    /// </summary>
    public static VerifyReport Verify(ReadOnlyMemory<byte> bundle, IReadOnlyList<byte[]>? trustedKeys) =>
        VerifyReport.Of(Steps(bundle, trustedKeys), trustedKeys);

    private static IEnumerable<VerifyStep> Steps(ReadOnlyMemory<byte> bytes, IReadOnlyList<byte[]>? trustedKeys)
    {
        var wrong = SignedSteps.TryRead(() => BundleContent.Read(bytes.Span), out var bundle);
        yield return SignedSteps.Step("bundle", $"{Bundle.Version}, {bytes.Length} canonical bytes", wrong);
        foreach (var step in SignedSteps.Of(bundle!.Signed, trustedKeys))
        {
            yield return step;
        }

        var proof = ProofVerifier.Verify(Canonical.CanonicalJson.Write(bundle.Proof));
        yield return SignedSteps.Step("proof", $"root {proof.RootHash}", proof.Mismatch ?? Root(bundle, proof));
        var (results, outcomes, sections) = (proof.FieldResults, proof.CheckOutcomes, bundle.Signed.Sections.Values);
        yield return SignedSteps.Step(
            "values", $"{results.Count}, as proven", ProvenValues.Mismatch(sections, results));
        yield return SignedSteps.Step(
            "checks", $"{outcomes.Count}, as proven", ProvenValues.Mismatch(sections, outcomes));
        yield return SignedSteps.Step("qr text", "names version and hashes", QrText(bundle));
        yield return SignedSteps.Step(
            "qr picture", "shows the text", QrPng.Mismatch(bundle.QrPng, QrCode.Modules(bundle.QrPayload)));
    }

    private static string? Root(BundleContent bundle, ProofCheck proof) =>
        SignedSteps.Text(bundle.Signed.Receipt, "proof_root_hash") is var signed && proof.RootHash == signed
            ? null : $"its root hash is {proof.RootHash}, but {signed} is signed";

    private static string? QrText(BundleContent bundle)
    {
        var receipt = bundle.Signed.Receipt;
        var versionId = SignedSteps.Text(receipt, "passport_version_id");
        return !Guid.TryParseExact(versionId, "D", out var id) ? $"'{versionId}' is not the id of a version"
            : bundle.QrPayload == QrCode.Payload(
                id, SignedSteps.Text(receipt, "payload_hash"), SignedSteps.Text(receipt, "proof_root_hash"),
                bundle.Signed.ReceiptHash)
            ? null : "it does not name this version and these hashes";
    }
}
