using System.Text;
using QRCoder;

namespace Bpc.Core.Passports.Qr;

/// <summary>The customer's verification code (BPC-QR-1) and its picture.</summary>
public static class QrCode
{
    /// <summary>
    /// The longest text whose modules are still two pixels wide in 200: QR version 18 at error correction M.
    /// </summary>
    public const int MaxTextBytes = 560;

    /// <summary><c>BPC1|pv=…|ph=…|pr=…|rh=…</c>; hashes come in as hex.</summary>
    public static string Payload(
        Guid passportVersionId, string payloadHash, string proofRootHash, string receiptHash) =>
        $"BPC1|pv={passportVersionId:D}|ph={Hash(payloadHash)}|pr={Hash(proofRootHash)}|rh={Hash(receiptHash)}";

    /// <summary>
    /// A PNG of 200 × 200 px, error correction M, quiet zone of four modules, for BPC1 codes and for links.
    /// </summary>
    public static byte[] Png(string text) => QrPng.Write(Modules(text));

    /// <summary>The modules with the quiet zone, row by row; true is dark. For terminals.</summary>
    public static bool[][] Modules(string text)
    {
        // Readers guess what bytes above 127 mean, so there are none; a link is percent-encoded anyway.
        if (!Ascii.IsValid(text) || text.Length is 0 or > MaxTextBytes)
        {
            throw new BpcException(
                BpcError.Validation,
                $"a QR code here holds 1 to {MaxTextBytes} ASCII characters; this text has {text.Length}");
        }

        // Bytes, not a string: given a string the library mixes modes, and the size of the code depends on its letters.
        using var data = QRCodeGenerator.GenerateQrCode(Encoding.ASCII.GetBytes(text), QRCodeGenerator.ECCLevel.M);
        return [.. data.ModuleMatrix.Select(row => row.Cast<bool>().ToArray())];
    }

    private static string Hash(string hex) => Base32.Encode(Convert.FromHexString(hex));
}
