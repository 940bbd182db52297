using System.Security.Cryptography;
using System.Text;

namespace Bpc.Grains.Storage;

/// <summary>
/// Secrets that must be read again, at rest: AES-256-GCM under a key derived from the pepper for one use (the label),
/// bound to an id, so that a secret moved to another row does not open. Stored form: a version byte, nonce, tag,
/// ciphertext.
/// </summary>
internal sealed class SecretBox(byte[] pepper, string label) : IDisposable
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;

    private readonly byte[] _key =
        HKDF.DeriveKey(HashAlgorithmName.SHA256, pepper, 32, info: Encoding.ASCII.GetBytes(label));

    public byte[] Encrypt(Guid id, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var stored = new byte[HeaderBytes + plain.Length];
        stored[0] = Version;
        RandomNumberGenerator.Fill(stored.AsSpan(1, NonceBytes));
        using var cipher = Cipher();
        cipher.Encrypt(
            stored.AsSpan(1, NonceBytes), plain, stored.AsSpan(HeaderBytes), stored.AsSpan(1 + NonceBytes, TagBytes),
            id.ToByteArray(bigEndian: true));
        return stored;
    }

    /// <summary>AuthenticationTagMismatchException where the row was changed, or the pepper is another one.</summary>
    public string Decrypt(Guid id, byte[] stored)
    {
        if (stored.Length < HeaderBytes || stored[0] != Version)
        {
            throw new CryptographicException("the stored secret is not of a form this build knows");
        }

        var plain = new byte[stored.Length - HeaderBytes];
        using var cipher = Cipher();
        cipher.Decrypt(
            stored.AsSpan(1, NonceBytes), stored.AsSpan(HeaderBytes), stored.AsSpan(1 + NonceBytes, TagBytes), plain,
            id.ToByteArray(bigEndian: true));
        return Encoding.UTF8.GetString(plain);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    // One a call: an AesGcm keeps its state in one context, and calls at the same time would spoil each other's.
    private AesGcm Cipher() => new(_key, TagBytes);
}
