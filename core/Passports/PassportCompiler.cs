using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Core.Rules;

namespace Bpc.Core.Passports;

/// <summary>How large the artefacts of one version may be, in bytes.</summary>
/// <param name="Payload">The payload together with its four sections.</param>
public sealed record ArtefactLimits(int Payload = 131_072, int Proof = 262_144, int Receipt = 16_384);

/// <summary>Everything a compile depends on: same input, same bytes, for ever.</summary>
/// <param name="IssuedAt">UTC, microseconds at most (the database's clock and resolution).</param>
/// <param name="SnapshotSecret">32 bytes; salts the sections.</param>
public sealed record CompileInput(
    Guid TenantId, Guid PassportVersionId, Guid PassportId, Guid BatteryProductId,
    string Sku, string Category, string SerialNumber,
    Guid SnapshotId, string SnapshotHash, byte[] SnapshotSecret, IReadOnlyList<Fact> Facts,
    Guid RulePackageVersionId, string DslSha256, string TestsSha256,
    DateTime IssuedAt, string CompilerBuildId, ArtefactLimits Limits);

/// <summary>
/// What a compile makes: canonical bytes of payload, sections (by name), proof and receipt, and their hashes in hex.
/// </summary>
public sealed record CompiledPassport(
    byte[] Payload, string PayloadHash, IReadOnlyDictionary<string, byte[]> Sections,
    byte[] Proof, string ProofRootHash, byte[] Receipt, string ReceiptHash);

/// <summary>Compiles a sealed snapshot under a rule package: payload, sections, proof and receipt.</summary>
public static class PassportCompiler
{
    /// <summary>
    /// A pure function. The rules' errors, and PAYLOAD_TOO_LARGE, PROOF_TOO_LARGE, RECEIPT_TOO_LARGE.
    /// </summary>
    public static CompiledPassport Compile(RulePackage rules, CompileInput input) =>
        Assemble(
            rules.Evaluate(new(
                input.Sku, input.Category, input.SerialNumber, DateOnly.FromDateTime(input.IssuedAt), input.Facts)),
            input);

    /// <summary>What the rules derived, as artefacts.</summary>
    internal static CompiledPassport Assemble(RuleResult result, CompileInput input)
    {
        var sections = SectionWriter.Write(result, input.PassportVersionId, input.SnapshotSecret);
        var payload = PayloadWriter.Write(input, sections);
        var seen = payload.Length + sections.Values.Sum(section => section.Length);
        Limit(BpcError.PayloadTooLarge, "payload with its sections", seen, input.Limits.Payload);
        Limit(BpcError.ProofTooLarge, "proof", result.Proof.Bytes.Length, input.Limits.Proof);
        var payloadHash = CanonicalJson.HashHex(payload);
        var receipt = ReceiptWriter.Write(input, payloadHash, result.Proof.RootHash);
        Limit(BpcError.ReceiptTooLarge, "receipt", receipt.Length, input.Limits.Receipt);
        return new(
            payload, payloadHash, sections, result.Proof.Bytes, result.Proof.RootHash,
            receipt, CanonicalJson.HashHex(receipt));
    }

    private static void Limit(BpcError error, string what, int bytes, int limit)
    {
        if (bytes > limit)
        {
            throw new BpcException(error, $"the {what} takes {bytes} bytes; the limit is {limit}");
        }
    }
}
