namespace Bpc.Core.Passports;

/// <summary>All artefacts of one signed version, as stored.</summary>
public sealed record SignedPassport(
    Guid PassportVersionId, byte[] Payload, IReadOnlyDictionary<string, byte[]> Sections, byte[] Proof, byte[] Receipt,
    string ReceiptHash, ReceiptSignature Signature, string QrPayload, byte[] QrPng);

/// <summary>BPC-BUNDLE-1: one canonical JSON document with everything an auditor verifies offline.</summary>
public static class Bundle
{
    public static byte[] Write(SignedPassport passport) => throw new NotImplementedException();
}
