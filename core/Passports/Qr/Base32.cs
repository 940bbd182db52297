namespace Bpc.Core.Passports.Qr;

/// <summary>
/// RFC 4648 §6 base32: upper case, without padding. Few characters, all of which survive being read aloud.
/// </summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[((bytes.Length * 8) + 4) / 5];
        for (var i = 0; i < text.Length; i++)
        {
            // Each character is five bits, which lie in one byte or across two.
            var bit = i * 5;
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }

        return new(text);
    }
}
