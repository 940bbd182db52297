using System.Text;

namespace Bpc.Tests.Security;

/// <summary>A secret that must not be found anywhere, in any of the spellings it could leak in.</summary>
internal sealed record Canary(string Name, IReadOnlyList<string> Spellings)
{
    public static Canary OfText(string name, string text) =>
        new(name, [text, .. SpellingsOf(Encoding.UTF8.GetBytes(text))]);

    public static Canary OfBytes(string name, byte[] bytes) => new(name, SpellingsOf(bytes));

    /// <summary>Where in a text it shows: a few characters around it, null where it does not.</summary>
    public string? In(string text)
    {
        foreach (var spelling in Spellings)
        {
            var at = text.IndexOf(spelling, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                return text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 10)];
            }
        }

        return null;
    }

    // Without the padding, and without the last characters, which depend on what follows the bytes.
    private static string[] SpellingsOf(byte[] bytes)
    {
        var base64 = Convert.ToBase64String(bytes).TrimEnd('=')[..^1];
        return [base64, base64.Replace('+', '-').Replace('/', '_'), Convert.ToHexStringLower(bytes)];
    }
}
