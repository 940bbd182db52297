using System.Text.Json.Serialization;
using Bpc.Core.Passports.Signing;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;
using Microsoft.AspNetCore.WebUtilities;

namespace Bpc.Gateway.Routes;

/// <summary>The public halves of all signing keys, past ones too: whoever holds a receipt can check it.</summary>
internal static class SigningKeys
{
    public static void MapSigningKeys(this IEndpointRouteBuilder app)
    {
        app.MapGet("/.well-known/jwks.json", ListAsync).AllowAnonymous().WithTags("Keys")
            .WithSummary("All signing keys as a JSON Web Key Set")
            .WithDescription("kid is the key's RFC 7638 thumbprint; signing_key_id is its name in receipts.");
        app.MapGet("/.well-known/did.json", DidAsync).AllowAnonymous().WithTags("Keys")
            .WithSummary("All signing keys as a did:web document")
            .WithDescription("The same keys as jwks.json, each an assertionMethod of did:web:<this host>.");
    }

    private static async Task<KeySet> ListAsync(GatewayDatabase database, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "public, max-age=60";
        return await KeysAsync(database, ct);
    }

    private static async Task<DidDocument> DidAsync(
        GatewayDatabase database, PublicLink link, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "public, max-age=60";
        // The port's colon is part of the name here, and colons part names from paths (did:web, section 3.1).
        var did = $"did:web:{new Uri(link.Base(http.Request)).Authority.Replace(":", "%3A", StringComparison.Ordinal)}";
        var methods = (await KeysAsync(database, ct)).Keys
            .Select(key => new VerificationMethod($"{did}#{key.Kid}", "JsonWebKey2020", did, key)).ToList();
        return new(
            ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"], did, methods,
            [.. methods.Select(m => m.Id)]);
    }

    private static async Task<KeySet> KeysAsync(GatewayDatabase database, CancellationToken ct)
    {
        var keys = await database.ListCommonAsync<SigningKeyRow>(
            "SELECT signing_key_id, public_key FROM signing_keys ORDER BY created_at, signing_key_id", new { }, ct);
        return new([.. keys.Select(k => Key(k.SigningKeyId, k.PublicKey))]);
    }

    private static JsonWebKey Key(string keyId, byte[] publicKey) => new(
        "OKP", "Ed25519", WebEncoders.Base64UrlEncode(publicKey), KeyThumbprint.Of(publicKey), "EdDSA", "sig", keyId);

    private sealed record SigningKeyRow(string SigningKeyId, byte[] PublicKey);

    private sealed record KeySet(IReadOnlyList<JsonWebKey> Keys);

    private sealed record JsonWebKey(
        string Kty, string Crv, string X, string Kid, string Alg, string Use,
        [property: JsonPropertyName("signing_key_id")] string KeyId);

    private sealed record DidDocument(
        [property: JsonPropertyName("@context")] IReadOnlyList<string> Context, string Id,
        [property: JsonPropertyName("verificationMethod")] IReadOnlyList<VerificationMethod> VerificationMethods,
        [property: JsonPropertyName("assertionMethod")] IReadOnlyList<string> AssertionMethods);

    private sealed record VerificationMethod(
        string Id, string Type, string Controller,
        [property: JsonPropertyName("publicKeyJwk")] JsonWebKey PublicKeyJwk);
}
