using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Passports;

// The pipeline's lines as the quickstart shows them.
internal sealed partial class PassportVersionGrain
{
    [LoggerMessage(LogLevel.Information, "Loading snapshot: snapshot_id={SnapshotId}, status={Status}")]
    private partial void LoadingSnapshot(Guid snapshotId, string? status);

    [LoggerMessage(LogLevel.Information, "Loading rules: rpv_id={RulePackageVersionId}, status={Status}")]
    private partial void LoadingRules(Guid rulePackageVersionId, string? status);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    private partial void RulesDeprecated(string warning);

    [LoggerMessage(LogLevel.Information, "Calling compilePassportPure (deterministic)")]
    private partial void CallingCompiler();

    /// <param name="payloadSize">Payload and sections, as their common limit counts them.</param>
    [LoggerMessage(
        LogLevel.Information,
        "Compilation succeeded: payload_size={PayloadSize}, proof_size={ProofSize}, receipt_size={ReceiptSize}")]
    private partial void Succeeded(int payloadSize, int proofSize, int receiptSize);

    [LoggerMessage(LogLevel.Information, "Loading PassportVersion: pv_id={PassportVersionId}, status={Status}")]
    private partial void LoadingVersion(Guid passportVersionId, string status);

    [LoggerMessage(LogLevel.Information, "Signing receipt hash with ED25519")]
    private partial void Signing();

    [LoggerMessage(LogLevel.Information, "Signature computed: key_id={SigningKeyId}")]
    private partial void SignatureComputed(string signingKeyId);

    [LoggerMessage(LogLevel.Information, "Building QR payload: format=BPC-QR-1")]
    private partial void BuildingQr();

    [LoggerMessage(LogLevel.Information, "QR payload: {QrPayload}")]
    private partial void QrText(string qrPayload);

    [LoggerMessage(LogLevel.Information, "Generating QR PNG: size=200x200px, error_correction=M")]
    private partial void GeneratingPng();

    [LoggerMessage(LogLevel.Information, "QR generated: png_size={PngSize} bytes")]
    private partial void QrGenerated(int pngSize);
}
