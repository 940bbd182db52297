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
    /// signed; null checks consistency alone. <paramref name="label"/>: what the code on the battery was read to, if
    /// anybody did.
    /// </summary>
    public static VerifyReport Verify(
        ReadOnlyMemory<byte> bundle, IReadOnlyList<byte[]>? trustedKeys, string? label = null)
    {
        var wrong = SignedSteps.TryRead(() => BundleContent.Read(bundle.Span), out var content);
        var form = SignedSteps.Step("bundle", $"{Bundle.Version}, {bundle.Length} canonical bytes", wrong);
        var steps = content is null ? [] : Steps(content, trustedKeys, label);
        return VerifyReport.Of(steps.Prepend(form), content?.Signed, trustedKeys);
    }

    private static IEnumerable<VerifyStep> Steps(
        BundleContent bundle, IReadOnlyList<byte[]>? trustedKeys, string? label)
    {
        foreach (var step in SignedSteps.Of(bundle.Signed, trustedKeys, label))
        {
            yield return step;
        }

        var proof = ProofVerifier.Verify(Canonical.CanonicalJson.Write(bundle.Proof));
        yield return SignedSteps.Step("proof", $"root {proof.RootHash}", proof.Mismatch ?? Root(bundle, proof));
        var (results, outcomes, sections) = (proof.FieldResults, proof.CheckOutcomes, bundle.Signed.Sections.Values);
        yield return SignedSteps.Step(
            "values", $"{results.Count}, as their proof nodes state", ProvenValues.Mismatch(sections, results));
        yield return SignedSteps.Step(
            "checks", $"{outcomes.Count}, as their proof nodes state", ProvenValues.Mismatch(sections, outcomes));
        yield return SignedSteps.Step("qr text", "names version and hashes", QrText(bundle));
        yield return SignedSteps.Step(
            "qr picture", "shows the text", QrPng.Mismatch(bundle.QrPng, QrCode.Modules(bundle.QrPayload)));
    }

    private static string? Root(BundleContent bundle, ProofCheck proof) =>
        SignedSteps.Text(bundle.Signed.Receipt, "proof_root_hash") is var signed && proof.RootHash == signed
            ? null : $"its root hash is {proof.RootHash}, but {signed} is signed";

    private static string? QrText(BundleContent bundle) => bundle.QrPayload == LabelCode.Of(bundle.Signed)
        ? null : "it does not name this version and these hashes";
}
