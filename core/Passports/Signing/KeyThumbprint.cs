using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Bpc.Core.Passports.Signing;

/// <summary>The name a key has of itself: <c>kid</c> in jwks.json.</summary>
public static class KeyThumbprint
{
    /// <summary>RFC 7638 over the members RFC 8037 requires of an Ed25519 key.</summary>
    public static string Of(byte[] publicKey) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(
        $$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(publicKey)}}"}""")));
}
