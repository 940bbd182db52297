using System.Security.Cryptography;
using NSec.Cryptography;

namespace Bpc.Core.Passports.Signing;

/// <summary>An Ed25519 signature over the 32 raw bytes of a receipt hash.</summary>
/// <param name="Signature">64 bytes.</param>
/// <param name="PublicKey">32 bytes.</param>
public sealed record ReceiptSignature(byte[] Signature, string KeyId, byte[] PublicKey);

/// <summary>
/// Holds the signing key and signs nothing but receipt hashes (and one test message, whose signature nobody gets), so
/// that no signature can be taken for another.
/// Safe for use by many threads at once: the key never changes, and libsodium keeps no state between calls.
/// </summary>
public sealed class ReceiptSigner : IDisposable
{
    private static readonly SignatureAlgorithm s_ed25519 = SignatureAlgorithm.Ed25519;

    private readonly Key _key;

    internal ReceiptSigner(string keyId, Key key, byte[] publicKey) =>
        (KeyId, _key, PublicKey) = (keyId, key, publicKey);

    public string KeyId { get; }

    /// <summary>32 bytes.</summary>
    public byte[] PublicKey { get; }

    /// <summary>
    /// Loads base64 of a PKCS#8 PEM, of PKCS#8 DER or of the 32-byte seed, and signs and verifies a test message.
    /// CONFIG_MISSING says which forms are allowed; the key never appears in a message.
    /// </summary>
    public static ReceiptSigner Load(string keyId, string privateKeyBase64)
    {
        var key = SigningKey.Read(privateKeyBase64);
        return Tested(new(keyId, key, key.PublicKey.Export(KeyBlobFormat.RawPublicKey)));
    }

    /// <summary>
    /// The signer, which has signed a test message that its public key verifies. CONFIG_MISSING, and the key is wiped,
    /// where it does not: whoever checks its signatures would take each of them for a forgery.
    /// </summary>
    internal static ReceiptSigner Tested(ReceiptSigner signer)
    {
        try
        {
            signer.Sign(SHA256.HashData("self-test"u8));
            return signer;
        }
        catch (BpcException e)
        {
            signer.Dispose();
            throw new BpcException(
                BpcError.ConfigMissing, $"the signing key fails its self-test: {e.Message}", inner: e);
        }
    }

    /// <summary>
    /// A fresh private key in the form <see cref="Load"/> and the signing-key variable take: base64 of a PKCS#8 PEM.
    /// </summary>
    public static string NewPrivateKey() => SigningKey.NewBase64();

    /// <summary>Signs the receipt's hash, and verifies before it answers.</summary>
    public ReceiptSignature Sign(SignableReceipt receipt) => Sign(Convert.FromHexString(receipt.Hash));

    private ReceiptSignature Sign(byte[] message)
    {
        var signature = s_ed25519.Sign(_key, message);
        // A faulty signature can betray an Ed25519 key, so one that does not verify never leaves this method.
        return VerifyMessage(message, signature, PublicKey)
            ? new(signature, KeyId, PublicKey)
            : throw new BpcException(BpcError.SignatureInvalid, $"a signature just made by '{KeyId}' does not verify");
    }

    /// <summary>False for a wrong signature, and for a hash, signature or key that is none.</summary>
    public static bool Verify(string receiptHash, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey)
    {
        Span<byte> message = stackalloc byte[SHA256.HashSizeInBytes];
        return receiptHash.Length == 2 * message.Length
            && Convert.FromHexString(receiptHash, message, out _, out _) == System.Buffers.OperationStatus.Done
            && VerifyMessage(message, signature, publicKey);
    }

    internal static bool VerifyMessage(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey) =>
        NSec.Cryptography.PublicKey.TryImport(s_ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var key)
        && key is not null
        && s_ed25519.Verify(key, message, signature);

    public void Dispose() => _key.Dispose();
}
