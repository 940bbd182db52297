using Bpc.Core.Canonical;
using Bpc.Core.Passports.Signing;

namespace Bpc.Core.Passports;

/// <summary>
/// Writes BPC-RECEIPT-1: everything a compile depended on and made, as hashes and ids. This is what gets signed.
/// </summary>
public static class ReceiptWriter
{
    internal const string Version = "BPC-RECEIPT-1";
    internal const string Algorithm = "ED25519";

    internal static byte[] Write(CompileInput input, string payloadHash, string proofRootHash) =>
        CanonicalJson.Write(JsonValue.Object(
            ("receipt_version", Version),
            ("issued_at", CanonicalTime.Text(input.IssuedAt)),
            ("tenant_id", input.TenantId.ToString("D")),
            ("passport_version_id", input.PassportVersionId.ToString("D")),
            ("passport_id", input.PassportId.ToString("D")),
            ("battery_product_id", input.BatteryProductId.ToString("D")),
            ("snapshot_id", input.SnapshotId.ToString("D")),
            ("snapshot_hash", input.SnapshotHash),
            ("rule_package_version_id", input.RulePackageVersionId.ToString("D")),
            ("dsl_sha256", input.DslSha256),
            ("tests_sha256", input.TestsSha256),
            ("compiler_build_id", input.CompilerBuildId),
            ("payload_hash", payloadHash),
            ("proof_root_hash", proofRootHash),
            ("signature_alg", Algorithm)));

    /// <summary>The signed receipt as it is served: the stored receipt bytes, their hash, and who signed it.</summary>
    public static byte[] WriteSigned(ReadOnlySpan<byte> receipt, string receiptHash, ReceiptSignature signature)
    {
        var writer = new CanonicalWriter();
        writer.BeginObject();
        writer.Name("receipt");
        writer.Raw(receipt);
        writer.Name("receipt_hash");
        writer.Text(receiptHash);
        writer.Name("signature");
        writer.Text(Convert.ToBase64String(signature.Signature));
        writer.Name("signing_key_id");
        writer.Text(signature.KeyId);
        writer.Name("signing_key_public");
        writer.Text(Convert.ToBase64String(signature.PublicKey));
        writer.EndObject();
        return writer.ToArray();
    }
}
