using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Bpc.Gateway.Queries;
using Microsoft.AspNetCore.WebUtilities;

namespace Bpc.Gateway.Routes;

/// <summary>The public halves of all signing keys, past ones too: whoever holds a receipt can check it.</summary>
internal static class SigningKeys
{
    public static void MapSigningKeys(this IEndpointRouteBuilder app) =>
        app.MapGet("/.well-known/jwks.json", ListAsync).AllowAnonymous().WithTags("Keys")
            .WithSummary("All signing keys as a JSON Web Key Set")
            .WithDescription("kid is the key's RFC 7638 thumbprint; signing_key_id is its name in receipts.");

    private static async Task<KeySet> ListAsync(GatewayDatabase database, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "public, max-age=60";
        var keys = await database.ListCommonAsync<SigningKeyRow>(
            "SELECT signing_key_id, public_key FROM signing_keys ORDER BY created_at, signing_key_id", new { }, ct);
        return new([.. keys.Select(k => Key(k.SigningKeyId, k.PublicKey))]);
    }

    private static JsonWebKey Key(string keyId, byte[] publicKey) => new(
        "OKP", "Ed25519", WebEncoders.Base64UrlEncode(publicKey), Thumbprint(publicKey), "EdDSA", "sig", keyId);

    /// <summary>RFC 7638 over the members RFC 8037 requires of an Ed25519 key.</summary>
    public static string Thumbprint(byte[] publicKey) =>
        WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.UTF8.GetBytes(
        $$"""{"crv":"Ed25519","kty":"OKP","x":"{{WebEncoders.Base64UrlEncode(publicKey)}}"}""")));

    private sealed record SigningKeyRow(string SigningKeyId, byte[] PublicKey);

    private sealed record KeySet(IReadOnlyList<JsonWebKey> Keys);

    private sealed record JsonWebKey(
        string Kty, string Crv, string X, string Kid, string Alg, string Use,
        [property: JsonPropertyName("signing_key_id")] string KeyId);
}
