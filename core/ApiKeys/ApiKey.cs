using System.Security.Cryptography;
using System.Text;

namespace Bpc.Core.ApiKeys;

/// <summary>
/// An API key, <c>bpc_&lt;env&gt;_&lt;prefix&gt;_&lt;secret&gt;</c>. The prefix is public and finds the key's row; of
/// the whole key only HMAC-SHA256(pepper, key) is stored, so that neither the table nor a dump of it opens anything.
/// </summary>
/// <param name="Text">The whole key, shown to its owner once.</param>
public sealed record ApiKey(string Text, string Prefix)
{
    public const int PrefixBytes = 6;

    /// <summary>256 bits: guessing is hopeless, so a plain HMAC is enough and no slow hash is needed.</summary>
    public const int SecretBytes = 32;

    /// <summary>A key from fresh random bytes.</summary>
    public static ApiKey Make(string environment, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(prefix.Length, PrefixBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretBytes);
        var shown = Convert.ToHexStringLower(prefix);
        return new($"bpc_{environment}_{shown}_{Convert.ToHexStringLower(secret)}", shown);
    }

    /// <summary>The key of a request's text; null for anything that is not one.</summary>
    public static ApiKey? Parse(string text) =>
        text.Split('_') is ["bpc", "dev" or "test" or "prod", var prefix, var secret]
        && IsHex(prefix, PrefixBytes) && IsHex(secret, SecretBytes)
            ? new(text, prefix) : null;

    /// <summary>What is stored of the key: 32 bytes.</summary>
    public byte[] Hash(ReadOnlySpan<byte> pepper) => HMACSHA256.HashData(pepper, Encoding.ASCII.GetBytes(Text));

    /// <summary>Whether this is the key of that row, in a time that does not tell how nearly.</summary>
    public bool Matches(ReadOnlySpan<byte> pepper, ReadOnlySpan<byte> storedHash) =>
        CryptographicOperations.FixedTimeEquals(Hash(pepper), storedHash);

    /// <summary>The public part alone: a key printed by mistake gives nothing away.</summary>
    public override string ToString() => $"API key {Prefix}";

    private static bool IsHex(string text, int bytes) =>
        text.Length == 2 * bytes && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));
}
