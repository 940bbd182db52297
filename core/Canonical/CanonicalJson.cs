using System.Security.Cryptography;

namespace Bpc.Core.Canonical;

/// <summary>BPC-CJSON-1: RFC 8785 (JCS) bytes of the narrower profile, and their SHA-256.</summary>
public static class CanonicalJson
{
    /// <summary>How deep arrays and objects may nest.</summary>
    public const int MaxDepth = 64;

    /// <summary>The largest integer every JSON reader keeps exactly: 2^53 − 1.</summary>
    public const long MaxInteger = 9_007_199_254_740_991;

    /// <summary>
    /// Writes the one canonical form of the value. Integers out of range, lone surrogates and depth over 64 raise
    /// VALIDATION_ERROR.
    /// </summary>
    public static byte[] Write(JsonValue value)
    {
        using var writer = new CanonicalWriter();
        writer.Value(value);
        return writer.ToArray();
    }

    /// <summary>SHA-256, 32 bytes.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes);

    /// <summary>SHA-256 as lower-case hex, 64 characters.</summary>
    public static string HashHex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>SHA-256 of the value's canonical bytes, as lower-case hex.</summary>
    public static string HashHex(JsonValue value)
    {
        using var writer = new CanonicalWriter();
        writer.Value(value);
        return HashHex(writer.Written);
    }
}
