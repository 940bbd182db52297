namespace Bpc.Core.Passports;

/// <summary>The customer's verification code (BPC-QR-1) and its picture.</summary>
public static class QrCode
{
    /// <summary><c>BPC1|pv=…|ph=…|pr=…|rh=…</c>; hashes come in as hex.</summary>
    public static string Payload(Guid passportVersionId, string payloadHash, string proofRootHash, string receiptHash) =>
        throw new NotImplementedException();

    /// <summary>A PNG of 200 × 200 px, error correction M, quiet zone of four modules, for BPC1 codes and for links.</summary>
    public static byte[] Png(string text) => throw new NotImplementedException();

    /// <summary>The modules with the quiet zone, row by row; true is dark. For terminals.</summary>
    public static bool[][] Modules(string text) => throw new NotImplementedException();
}
