using System.Security.Cryptography;
using System.Text;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// The two signatures of a delivery. <c>X-BPC-Signature</c> is keyed by the secret's text as it was shown;
/// <c>webhook-signature</c> (Standard Webhooks) by the bytes behind <c>whsec_</c>, which is base64, or by the text
/// where a tenant brought a secret of its own.
/// </summary>
internal static class WebhookSignature
{
    private const string StandardPrefix = "whsec_";

    /// <summary>A fresh secret in the form Standard Webhooks libraries take.</summary>
    public static string NewSecret() => StandardPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Says of a secret that starts like a standard one whether it is one.</summary>
    public static bool IsWellFormed(string secret) =>
        !secret.StartsWith(StandardPrefix, StringComparison.Ordinal) || StandardKey(secret).Length is >= 24 and <= 64;

    public static string OfBody(string secret, ReadOnlySpan<byte> body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    /// <param name="timestamp">Seconds since 1970; receivers refuse old ones, so that a delivery cannot be replayed
    /// later.</param>
    public static string Standard(string secret, string id, long timestamp, string body) =>
        "v1," + Convert.ToBase64String(
            HMACSHA256.HashData(StandardKey(secret), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));

    private static byte[] StandardKey(string secret)
    {
        if (!secret.StartsWith(StandardPrefix, StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(secret);
        }

        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[StandardPrefix.Length..], key, out var length) ? key[..length] : [];
    }
}
