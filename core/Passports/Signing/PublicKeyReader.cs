using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NSec.Cryptography;

namespace Bpc.Core.Passports.Signing;

/// <summary>Reads the Ed25519 public keys an auditor trusts, in the forms they are handed around.</summary>
public static class PublicKeyReader
{
    private const string Forms =
        "a trusted key is a PEM (-----BEGIN PUBLIC KEY-----), a JWKS file, or base64 of the 32 bytes or of SPKI DER";

    /// <summary>
    /// The 32-byte keys of a PEM (one or more), a JWK or JWKS (its Ed25519 keys), or base64 of the raw key or of SPKI
    /// DER. VALIDATION_ERROR where there is none.
    /// </summary>
    public static IReadOnlyList<byte[]> Read(string fileTextOrBase64)
    {
        var text = fileTextOrBase64.Trim();
        return text.Contains("-----BEGIN", StringComparison.Ordinal) ? Pem(text)
            : IsJwks(text) ? [.. Jwks(text).Select(k => k.Key)]
            : [Base64(text)];
    }

    /// <summary>
    /// The <c>signing_key_id</c> a JWKS has beside a key; null in the other forms, which name no keys. To be trusted as
    /// far as the JWKS is.
    /// </summary>
    public static string? NameOf(byte[] key, string fileTextOrBase64) => IsJwks(fileTextOrBase64.Trim())
        ? Jwks(fileTextOrBase64).FirstOrDefault(k => k.Key.AsSpan().SequenceEqual(key)).Name : null;

    private static bool IsJwks(string text) => text.StartsWith('{');

    private static List<byte[]> Pem(string text)
    {
        var keys = new List<byte[]>();
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            var label = rest[fields.Label].ToString();
            if (label != "PUBLIC KEY")
            {
                throw Refused($"the PEM holds a {label}, not a PUBLIC KEY (openssl pkey -pubout makes one)");
            }

            keys.Add(Key(Convert.FromBase64String(rest[fields.Base64Data].ToString()), "the PEM"));
        }

        return keys.Count > 0 ? keys : throw Refused("the PEM is broken");
    }

    private static List<(byte[] Key, string? Name)> Jwks(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var all = root.TryGetProperty("keys", out var set) ? set.EnumerateArray().ToArray() : [root];
            // A key set may also hold keys of other kinds, which sign no receipts.
            var keys = all.Where(k => Member(k, "kty") == "OKP" && Member(k, "crv") == "Ed25519")
                .Select(k => (Key(Base64Url.DecodeFromChars(Member(k, "x")), "the JWKS"), Member(k, "signing_key_id")))
                .ToList();
            return keys.Count > 0 ? keys : throw Refused("the JWKS holds no Ed25519 key");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw Refused("the JWKS is broken");
        }
    }

    private static string? Member(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static byte[] Base64(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? Key(bytes.AsSpan(0, length), "the base64")
            : throw Refused("the key is not base64");
    }

    private static byte[] Key(ReadOnlySpan<byte> blob, string source)
    {
        var format = blob.Length == SignatureAlgorithm.Ed25519.PublicKeySize
            ? KeyBlobFormat.RawPublicKey : KeyBlobFormat.PkixPublicKey;
        return PublicKey.TryImport(SignatureAlgorithm.Ed25519, blob, format, out var key) && key is not null
            ? key.Export(KeyBlobFormat.RawPublicKey)
            : throw Refused($"{source} holds no Ed25519 public key");
    }

    private static BpcException Refused(string what) => new(BpcError.Validation, $"{what}; {Forms}");
}
