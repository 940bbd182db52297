namespace Bpc.Core.Passports;

/// <summary>One check of a bundle, in the order made.</summary>
public sealed record VerifyStep(string Name, bool Ok, string Detail);

/// <summary>What was checked. <paramref name="Mismatch"/> is the first failure, or null where all held.</summary>
/// <param name="SignerTrusted">Null where no trusted key was given: consistent, but by whom is unverified.</param>
public sealed record VerifyReport(IReadOnlyList<VerifyStep> Steps, VerifyStep? Mismatch, bool? SignerTrusted);

/// <summary>Verifies a bundle offline: hashes, sections, proof, receipt, signature and QR, against a trusted public key.</summary>
public static class BundleVerifier
{
    /// <summary><paramref name="trustedKeys"/>: 32-byte public keys, one of which must have signed; null checks consistency alone.</summary>
    public static VerifyReport Verify(ReadOnlyMemory<byte> bundle, IReadOnlyList<byte[]>? trustedKeys) =>
        throw new NotImplementedException();
}
