using Bpc.Core.Canonical;
using Bpc.Core.Passports.Signing;

namespace Bpc.Core.Passports.Verifying;

/// <summary>One check of a bundle or view, in the order made.</summary>
public sealed record VerifyStep(string Name, bool Ok, string Detail);

/// <summary>What was checked. <paramref name="Mismatch"/> is the first failure, or null where all held.</summary>
/// <param name="SignerTrusted">Null where no trusted key was given: consistent, but by whom is unverified.</param>
/// <param name="Passport">Which passport it is; null where the file failed before that was known as signed.</param>
public sealed record VerifyReport(
    IReadOnlyList<VerifyStep> Steps, VerifyStep? Mismatch, bool? SignerTrusted, PassportIdentity? Passport)
{
    /// <summary>Runs steps up to the first that fails: each may rely on those before it.</summary>
    internal static VerifyReport Of(
        IEnumerable<VerifyStep> steps, SignedContent? file, IReadOnlyList<byte[]>? trustedKeys)
    {
        var made = new List<VerifyStep>();
        foreach (var step in steps)
        {
            made.Add(step);
            if (!step.Ok)
            {
                break;
            }
        }

        bool? trusted = trustedKeys is null ? null
            : made.Exists(step => step is { Name: SignedSteps.Signer, Ok: true });
        var passport = made.Exists(step => step is { Name: SignedSteps.Payload, Ok: true })
            ? PassportIdentity.Of(file!) : null;
        return new(made, made[^1].Ok ? null : made[^1], trusted, passport);
    }
}

/// <summary>
/// From the signature down to the sections: what bundles and views have in common. Each step believes only what the
/// steps before it proved, so the first mismatch is where the file was changed.
/// </summary>
internal static class SignedSteps
{
    public const string Signer = "signer";
    public const string Payload = "payload";

    public static IEnumerable<VerifyStep> Of(SignedContent file, IReadOnlyList<byte[]>? trustedKeys, string? label)
    {
        yield return Step("signature", "Ed25519 over the receipt hash", Signature(file));
        if (trustedKeys is not null)
        {
            yield return Step(Signer, "a trusted key", SignedBy(file, trustedKeys));
        }

        yield return Step("receipt hash", file.ReceiptHash, Hash(file.Receipt, file.ReceiptHash));
        var payloadHash = Text(file.Receipt, "payload_hash");
        yield return Step("payload hash", payloadHash, Hash(file.Payload, payloadHash));
        yield return Step(Payload, "names the receipt's passport, version and time", Agreement(file));
        if (label is not null)
        {
            yield return Step("label", "names this version and these hashes", LabelCode.Mismatch(file, label));
        }

        var hashes = (JsonValue.Record)file.Payload["sections"]!;
        foreach (var name in SectionNames.All)
        {
            var isShown = file.Sections.TryGetValue(name, out var section);
            yield return Step(
                $"section {name}", isShown ? "as hashed in the payload" : "not shown; its hash is signed",
                isShown ? Hash(section!, Text(hashes, name)) : null);
        }
    }

    public static VerifyStep Step(string name, string detail, string? wrong) =>
        new(name, wrong is null, wrong ?? detail);

    public static string Text(JsonValue.Record record, string name) => ((JsonValue.Text)record[name]!).Value;

    /// <summary>Null where it could be read, else what is wrong with its form.</summary>
    public static string? TryRead<T>(Func<T> read, out T? content) where T : class
    {
        try
        {
            content = read();
            return null;
        }
        catch (BpcException e) when (e.Code == BpcError.Validation)
        {
            content = null;
            return e.Message;
        }
    }

    private static string? Signature(SignedContent file) =>
        ReceiptSigner.Verify(file.ReceiptHash, file.Signature, file.PublicKey)
            ? null : "it is not that of the file's key over the receipt hash";

    private static string? SignedBy(SignedContent file, IReadOnlyList<byte[]> trustedKeys) =>
        trustedKeys.Any(key => key.AsSpan().SequenceEqual(file.PublicKey))
            ? null : $"the key that signed, {Convert.ToBase64String(file.PublicKey)}, is not a trusted one";

    private static string? Hash(JsonValue value, string stated) =>
        CanonicalJson.HashHex(value) is var hash && hash == stated
            ? null : $"it hashes to {hash}, but {stated} is signed";

    private static string? Agreement(SignedContent file)
    {
        string[] inBoth = ["issued_at", "passport_version_id", "passport_id", "battery_product_id"];
        return inBoth.FirstOrDefault(name => file.Payload[name] != file.Receipt[name]) is { } differing
            ? $"its {differing} is not the receipt's" : null;
    }
}
