using Bpc.Core.Canonical;

namespace Bpc.Core.Passports;

/// <summary>One check of a bundle, in the order made.</summary>
public sealed record VerifyStep(string Name, bool Ok, string Detail);

/// <summary>What was checked. <paramref name="Mismatch"/> is the first failure, or null where all held.</summary>
/// <param name="SignerTrusted">Null where no trusted key was given: consistent, but by whom is unverified.</param>
public sealed record VerifyReport(IReadOnlyList<VerifyStep> Steps, VerifyStep? Mismatch, bool? SignerTrusted);

/// <summary>
/// Verifies a bundle offline, from the signature down: signer, receipt, payload, sections, proof, QR. Each step
/// believes only what the steps before it proved, so the first mismatch is where the bundle was changed.
/// </summary>
public static class BundleVerifier
{
    private const string Signer = "signer";

    /// <summary>
    /// Never throws on what a bundle says. <paramref name="trustedKeys"/>: 32-byte public keys, one of which must have
    /// signed; null checks consistency alone.
    /// </summary>
    public static VerifyReport Verify(ReadOnlyMemory<byte> bundle, IReadOnlyList<byte[]>? trustedKeys)
    {
        var steps = new List<VerifyStep>();
        foreach (var step in Steps(bundle, trustedKeys))
        {
            steps.Add(step);
            if (!step.Ok)
            {
                break;
            }
        }

        bool? trusted = trustedKeys is null ? null : steps.Exists(step => step is { Name: Signer, Ok: true });
        return new(steps, steps[^1].Ok ? null : steps[^1], trusted);
    }

    // Evaluated one by one: a step that fails is the last that runs, so each may rely on those above it.
    private static IEnumerable<VerifyStep> Steps(ReadOnlyMemory<byte> bytes, IReadOnlyList<byte[]>? trustedKeys)
    {
        var wrong = TryRead(bytes.Span, out var bundle);
        yield return Step("bundle", $"{Bundle.Version}, {bytes.Length} canonical bytes", wrong);
        yield return Step("signature", "Ed25519 over the receipt hash", Signature(bundle!));
        if (trustedKeys is not null)
        {
            yield return Step(Signer, "a trusted key", SignedBy(bundle!, trustedKeys));
        }

        yield return Step("receipt hash", bundle!.ReceiptHash, Hash(bundle.Receipt, bundle.ReceiptHash));
        var payloadHash = Text(bundle.Receipt, "payload_hash");
        yield return Step("payload hash", payloadHash, Hash(bundle.Payload, payloadHash));
        yield return Step("payload", "names the receipt's passport, version and time", Agreement(bundle));
        foreach (var name in SectionNames.All)
        {
            yield return Step(
                $"section {name}", "as hashed in the payload",
                SectionHash(bundle.Payload, name, bundle.Sections[name]));
        }

        var proof = ProofVerifier.Verify(CanonicalJson.Write(bundle.Proof));
        yield return Step("proof", $"root {proof.RootHash}", proof.Mismatch ?? Root(bundle, proof));
        var (results, outcomes, sections) = (proof.FieldResults, proof.CheckOutcomes, bundle.Sections.Values);
        yield return Step("values", $"{results.Count}, as proven", ProvenValues.Mismatch(sections, results));
        yield return Step("checks", $"{outcomes.Count}, as proven", ProvenValues.Mismatch(sections, outcomes));
        yield return Step("qr text", "names version and hashes", QrText(bundle));
        yield return Step(
            "qr picture", "shows the text", QrPng.Mismatch(bundle.QrPng, QrCode.Modules(bundle.QrPayload)));
    }

    /// <summary>
    /// What stops a section from being the one a payload was signed with, or null. All that whoever sees only it can
    /// check.
    /// </summary>
    internal static string? SectionHash(JsonValue.Record payload, string name, JsonValue.Record section) =>
        Hash(section, Text((JsonValue.Record)payload["sections"]!, name));

    private static VerifyStep Step(string name, string detail, string? wrong) =>
        new(name, wrong is null, wrong ?? detail);

    private static string? TryRead(ReadOnlySpan<byte> bytes, out BundleContent? bundle)
    {
        try
        {
            bundle = BundleContent.Read(bytes);
            return null;
        }
        catch (BpcException e) when (e.Code == BpcError.Validation)
        {
            bundle = null;
            return e.Message;
        }
    }

    private static string? Signature(BundleContent bundle) =>
        ReceiptSigner.Verify(bundle.ReceiptHash, bundle.Signature, bundle.PublicKey)
            ? null : "it is not that of the bundle's key over the receipt hash";

    private static string? SignedBy(BundleContent bundle, IReadOnlyList<byte[]> trustedKeys) =>
        trustedKeys.Any(key => key.AsSpan().SequenceEqual(bundle.PublicKey))
            ? null : $"the key that signed, {Convert.ToBase64String(bundle.PublicKey)}, is not a trusted one";

    private static string? Hash(JsonValue value, string stated) =>
        CanonicalJson.HashHex(value) is var hash && hash == stated
            ? null : $"it hashes to {hash}, but {stated} is signed";

    private static string? Agreement(BundleContent bundle)
    {
        string[] inBoth = ["issued_at", "passport_version_id", "passport_id", "battery_product_id"];
        return inBoth.FirstOrDefault(name => bundle.Payload[name] != bundle.Receipt[name]) is { } differing
            ? $"its {differing} is not the receipt's" : null;
    }

    private static string? Root(BundleContent bundle, ProofCheck proof) =>
        proof.RootHash == Text(bundle.Receipt, "proof_root_hash")
            ? null : $"its root hash is {proof.RootHash}, but {Text(bundle.Receipt, "proof_root_hash")} is signed";

    private static string? QrText(BundleContent bundle)
    {
        var versionId = Text(bundle.Receipt, "passport_version_id");
        return !Guid.TryParseExact(versionId, "D", out var id) ? $"'{versionId}' is not the id of a version"
            : bundle.QrPayload == QrCode.Payload(
                id, Text(bundle.Receipt, "payload_hash"), Text(bundle.Receipt, "proof_root_hash"), bundle.ReceiptHash)
            ? null : "it does not name this version and these hashes";
    }

    private static string Text(JsonValue.Record record, string name) => ((JsonValue.Text)record[name]!).Value;
}
