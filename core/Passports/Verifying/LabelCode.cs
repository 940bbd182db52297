using Bpc.Core.Canonical;
using Bpc.Core.Passports.Qr;

namespace Bpc.Core.Passports.Verifying;

/// <summary>The text of a BPC1 code against a file: both name one version and the same hashes, or not.</summary>
internal static class LabelCode
{
    /// <summary>The text that the code of this file's version must have.</summary>
    public static string Of(SignedContent file) => QrCode.Payload(
        Guid.Parse(SignedSteps.Text(file.Receipt, "passport_version_id")),
        SignedSteps.Text(file.Receipt, "payload_hash"), SignedSteps.Text(file.Receipt, "proof_root_hash"),
        file.ReceiptHash);

    /// <summary>What of a scanned text is another version's, or null.</summary>
    public static string? Mismatch(SignedContent file, string scanned)
    {
        var expected = Of(file).Split('|');
        var found = scanned.Trim().Split('|');
        if (found.Length != expected.Length || found[0] != expected[0])
        {
            return $"it is no BPC1 code: {Quoted.Text(scanned)}";
        }

        // Only the expected part is named: what was scanned is anybody's text, and may go to a terminal.
        var (differing, wanted) = found.Zip(expected).FirstOrDefault(part => part.First != part.Second);
        return differing is null ? null
            : differing.Split('=') is ["pv", var version] ? $"its version is {Shown(version)}, not this one"
            : $"its {wanted.Split('=')[0]} is not this version's";
    }

    private static string Shown(string version) =>
        Guid.TryParseExact(version, "D", out _) ? version : Quoted.Text(version);
}
