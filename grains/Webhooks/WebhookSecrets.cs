using System.Security.Cryptography;
using System.Text;
using Bpc.Core.Settings;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// Endpoint secrets at rest: AES-256-GCM under a key derived from the API keys' pepper, bound to the endpoint's id, so
/// that a secret
/// moved to another row does not open. Stored form: a version byte, nonce, tag, ciphertext.
/// </summary>
internal sealed class WebhookSecrets(BpcSettings settings) : IDisposable
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;

    private readonly AesGcm _cipher = new(
        HKDF.DeriveKey(HashAlgorithmName.SHA256, settings.ApiKeyPepper, 32, info: "bpc/webhook-secret/1"u8.ToArray()),
        TagBytes);

    public byte[] Encrypt(Guid endpointId, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var stored = new byte[HeaderBytes + plain.Length];
        stored[0] = Version;
        RandomNumberGenerator.Fill(stored.AsSpan(1, NonceBytes));
        _cipher.Encrypt(
            stored.AsSpan(1, NonceBytes), plain, stored.AsSpan(HeaderBytes), stored.AsSpan(1 + NonceBytes, TagBytes),
            endpointId.ToByteArray(bigEndian: true));
        return stored;
    }

    /// <summary>AuthenticationTagMismatchException where the row was changed, or the pepper is another one.</summary>
    public string Decrypt(Guid endpointId, byte[] stored)
    {
        if (stored.Length < HeaderBytes || stored[0] != Version)
        {
            throw new CryptographicException("the stored webhook secret is not of a form this build knows");
        }

        var plain = new byte[stored.Length - HeaderBytes];
        _cipher.Decrypt(
            stored.AsSpan(1, NonceBytes), stored.AsSpan(HeaderBytes), stored.AsSpan(1 + NonceBytes, TagBytes), plain,
            endpointId.ToByteArray(bigEndian: true));
        return Encoding.UTF8.GetString(plain);
    }

    public void Dispose() => _cipher.Dispose();
}
