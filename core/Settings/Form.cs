using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Bpc.Core.Passports;

namespace Bpc.Core.Settings;

/// <summary>Reads a value from its text; false where the text is not of the form.</summary>
internal delegate bool TryRead<T>(string text, out T value);

/// <summary>What may stand in a variable, in words and as the function that reads it.</summary>
internal sealed record Form<T>(string Allowed, TryRead<T> TryRead);

/// <summary>The forms a variable can have.</summary>
internal static partial class Form
{
    public static readonly Form<bool> Flag = new("true or false", bool.TryParse);

    public static readonly Form<int> Port = Whole(1, 65_535);

    public static readonly Form<int> Bytes = Whole(1024, 16 * 1024 * 1024);

    // libpq's words, and Npgsql's for the same.
    private static readonly Dictionary<string, string> s_sslModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = "Disable",
        ["allow"] = "Allow",
        ["prefer"] = "Prefer",
        ["require"] = "Require",
        ["verify-ca"] = "VerifyCA",
        ["verify-full"] = "VerifyFull",
    };

    public static readonly Form<string> SslMode =
        new("disable, allow, prefer, require, verify-ca or verify-full",
            (text, out value) => s_sslModes.TryGetValue(text, out value!));

    public static readonly Form<string> Name =
        new("1 to 100 of the characters A-Z a-z 0-9 . _ : / + -",
            (text, out value) => NamePattern.IsMatch(value = text));

    public static readonly Form<string> Text =
        new("text without control characters", (text, out value) => !(value = text).Any(char.IsControl));

    public static readonly Form<string> Host =
        new("a host name or an IP address",
            (text, out value) => Uri.CheckHostName(value = text) != UriHostNameType.Unknown);

    public static readonly Form<byte[]> Pepper = new("base64 of at least 32 bytes", (text, out value) =>
        TryBase64(text, out value) && value.Length >= 32);

    public static readonly Form<string> SigningKey =
        new("base64 of an Ed25519 private key: a PKCS#8 PEM, PKCS#8 DER or the 32-byte seed", (text, out value) =>
            TryBase64(value = text, out var key)
            && (key.Length == 32 || (key.Length >= 48 && key[0] == 0x30)
                || key.AsSpan().StartsWith("-----BEGIN PRIVATE KEY-----"u8)));

    public static readonly Form<IReadOnlyList<string>> AddressRanges =
        new("none, or address ranges such as 10.0.0.0/8,fd00::/8", (text, out value) =>
        {
            value = text == "none" ? [] : text.Split(',', StringSplitOptions.TrimEntries);
            return value.All(range => range.Contains('/') && IPNetwork.TryParse(range, out _));
        });

    public static readonly Form<IReadOnlyList<string>> Sections =
        new($"some of {string.Join(',', SectionNames.All)}", (text, out value) =>
        {
            value = text.Split(',', StringSplitOptions.TrimEntries);
            return value.All(SectionNames.All.Contains) && value.Distinct().Count() == value.Count;
        });

    public static Form<int> Whole(int least, int most) => new($"a whole number {least}..{most}", (text, out value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
        && value >= least && value <= most);

    public static Form<TimeSpan> Seconds(int least, int most) =>
        Duration(least, most, "seconds", TimeSpan.FromSeconds(1));

    public static Form<TimeSpan> Milliseconds(int least, int most) =>
        Duration(least, most, "milliseconds", TimeSpan.FromMilliseconds(1));

    /// <summary>One of the words, in any case; the value is the word as written here.</summary>
    public static Form<string> OneOf(params string[] words) => new(string.Join(", ", words), (text, out value) =>
        (value = words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase))!) is not null);

    /// <summary>An absolute address of one of the schemes, without query and fragment.</summary>
    public static Form<string> Address(params string[] schemes) =>
        new($"an address that starts with {string.Join(" or ", schemes.Select(scheme => $"{scheme}://"))}",
            (text, out value) => Uri.TryCreate(value = text, UriKind.Absolute, out var uri)
                && schemes.Contains(uri.Scheme) && uri.Host.Length > 0 && uri is { Fragment: "", Query: "" });

    private static Form<TimeSpan> Duration(int least, int most, string unit, TimeSpan one)
    {
        var number = Whole(least, most);
        return new($"{unit}, {number.Allowed}", (text, out value) =>
        {
            var read = number.TryRead(text, out var count);
            value = one * count;
            return read;
        });
    }

    private static bool TryBase64(string text, out byte[] bytes)
    {
        var valid = Base64.IsValid(text);
        bytes = valid ? Convert.FromBase64String(text) : [];
        return valid;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._:/+-]{1,100}\z")]
    private static partial Regex NamePattern { get; }
}
