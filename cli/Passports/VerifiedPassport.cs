using System.Text;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Cli.Passports;

/// <summary>Which passport a file was found to be of, as it is shown.</summary>
/// <param name="SigningKeyId">As a key set names the key; the file itself does not, for it is not signed.</param>
internal sealed record VerifiedPassport(
    string Sku, string SerialNumber, string PassportId, string PassportVersionId, string TenantId, string IssuedAt,
    string? SigningKeyId, string SigningKeyThumbprint)
{
    public static VerifiedPassport? Of(PassportIdentity? signed, string? keyText) => signed is null ? null : new(
        signed.Sku, signed.SerialNumber, signed.PassportId, signed.PassportVersionId, signed.TenantId, signed.IssuedAt,
        keyText is null ? null : PublicKeyReader.NameOf(signed.SigningKey, keyText),
        KeyThumbprint.Of(signed.SigningKey));

    public IEnumerable<string> Lines()
    {
        yield return Line("sku", Sku);
        yield return Line("serial_number", SerialNumber);
        yield return Line("passport_id", PassportId);
        yield return Line("passport_version_id", PassportVersionId);
        yield return Line("tenant_id", TenantId);
        yield return Line("issued_at", IssuedAt);
        yield return Line("signing_key_id", SigningKeyId ?? "– (a key set, jwks.json, names its keys)");
        yield return Line("signing_key_thumbprint", SigningKeyThumbprint);
    }

    private static string Line(string name, string value) => $"{name + ":",-24}{Shown(value)}";

    // Foreign text: no control character of it reaches the terminal.
    private static string Shown(string value) => string.Concat(
        value.EnumerateRunes().Select(r => Rune.IsControl(r) ? Rune.ReplacementChar : r));
}
