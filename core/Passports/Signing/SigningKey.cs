using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Bpc.Core.Passports.Signing;

/// <summary>
/// Reads and makes Ed25519 private keys in the forms the signing-key variable takes. No key ever stands in a message.
/// </summary>
internal static class SigningKey
{
    private const int SeedBytes = 32;
    private const string Forms =
        "it wants one line of base64: of a PKCS#8 PEM (openssl genpkey -algorithm ed25519 | base64 -w0), "
        + "of PKCS#8 DER, or of the 32-byte seed";

    /// <summary>
    /// The key of base64 of a PKCS#8 PEM, of PKCS#8 DER or of the 32-byte seed; else CONFIG_MISSING says what is right.
    /// </summary>
    public static Key Read(string base64)
    {
        if (base64.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            throw Refused("the signing key is the PEM text itself");
        }

        var bytes = new byte[base64.Length];
        try
        {
            return Convert.TryFromBase64String(base64, bytes, out var length)
                ? Import(bytes.AsSpan(0, length))
                : throw Refused("the signing key is not base64");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>A fresh key: base64 of the PEM that <c>openssl genpkey -algorithm ed25519</c> prints.</summary>
    public static string NewBase64()
    {
        using var key = Key.Create(
            SignatureAlgorithm.Ed25519, new() { ExportPolicy = KeyExportPolicies.AllowPlaintextArchiving });
        var der = key.Export(KeyBlobFormat.PkixPrivateKey);
        var pem = PemEncoding.WriteString("PRIVATE KEY", der) + "\n";
        CryptographicOperations.ZeroMemory(der);
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
    }

    private static Key Import(ReadOnlySpan<byte> blob)
    {
        if (blob.StartsWith("-----BEGIN ENCRYPTED"u8) || IsEncryptedDer(blob))
        {
            throw Refused("the signing key is encrypted; decrypt it first (openssl pkey -in FILE)");
        }

        var header = blob.IndexOf("-----BEGIN"u8);
        var (format, name) = (header, blob.Length) switch
        {
            (0, _) when blob.StartsWith("-----BEGIN PRIVATE KEY-----"u8) => (KeyBlobFormat.PkixPrivateKeyText, "PEM"),
            (0, _) => throw Refused("the signing key is a PEM, but not a PKCS#8 one (-----BEGIN PRIVATE KEY-----)"),
            ( > 0, _) => throw Refused("the signing key has text before its PEM header; remove it"),
            (_, SeedBytes) => (KeyBlobFormat.RawPrivateKey, "seed"),
            (_, 2 * SeedBytes) => throw Refused(
                "the signing key is 64 bytes, a seed and its public key; give the seed, the first 32"),
            _ => (KeyBlobFormat.PkixPrivateKey, "DER"),
        };
        return Key.TryImport(SignatureAlgorithm.Ed25519, blob, format, out var key) && key is not null
            ? key
            : throw Refused($"the signing key looks like a {name}, but holds no Ed25519 private key");
    }

    // PKCS#8 begins SEQUENCE { INTEGER version …, its encrypted form SEQUENCE { SEQUENCE algorithm … (RFC 5958 §2, §3).
    private static bool IsEncryptedDer(ReadOnlySpan<byte> blob)
    {
        const byte sequence = 0x30;
        if (blob.Length <= 2 * SeedBytes || blob[0] != sequence)
        {
            return false;
        }

        var lengthBytes = blob[1] < 0x80 ? 1 : 1 + (blob[1] & 0x7F);
        return 1 + lengthBytes < blob.Length && blob[1 + lengthBytes] == sequence;
    }

    private static BpcException Refused(string what) => new(BpcError.ConfigMissing, $"{what}; {Forms}");
}
