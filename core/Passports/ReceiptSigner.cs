namespace Bpc.Core.Passports;

/// <summary>An Ed25519 signature over the 32 raw bytes of a receipt hash.</summary>
/// <param name="Signature">64 bytes.</param>
/// <param name="PublicKey">32 bytes.</param>
public sealed record ReceiptSignature(byte[] Signature, string KeyId, byte[] PublicKey);

/// <summary>Holds the signing key and signs nothing but receipt hashes, so that no signature can be taken for another.</summary>
public sealed class ReceiptSigner : IDisposable
{
    private ReceiptSigner(string keyId, byte[] publicKey) => (KeyId, PublicKey) = (keyId, publicKey);

    public string KeyId { get; }

    /// <summary>32 bytes.</summary>
    public byte[] PublicKey { get; }

    /// <summary>
    /// Loads base64 of a PKCS#8 PEM, of PKCS#8 DER or of the 32-byte seed, and signs and verifies a test message.
    /// CONFIG_MISSING says which forms are allowed; the key never appears in a message.
    /// </summary>
    public static ReceiptSigner Load(string keyId, string privateKeyBase64) => throw new NotImplementedException();

    /// <summary>Signs, and verifies before it answers. <paramref name="receiptHash"/> is 64 hex characters.</summary>
    public ReceiptSignature Sign(string receiptHash) => throw new NotImplementedException();

    public static bool Verify(string receiptHash, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey) =>
        throw new NotImplementedException();

    public void Dispose()
    {
    }
}
