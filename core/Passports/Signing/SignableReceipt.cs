using Bpc.Core.Canonical;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Core.Passports.Signing;

/// <summary>
/// The hash of what was read and found to be a BPC-RECEIPT-1 in canonical bytes. The only thing a signer takes: no
/// other bytes, not even another hash, can come by a signature that would pass for a receipt's.
/// </summary>
public sealed class SignableReceipt
{
    private SignableReceipt(string hash) => Hash = hash;

    /// <summary>SHA-256 of the receipt, 64 hex characters.</summary>
    public string Hash { get; }

    /// <summary>VALIDATION_ERROR for bytes that are no receipt, or not canonical.</summary>
    public static SignableReceipt Of(ReadOnlySpan<byte> receipt)
    {
        ArtefactReader.Receipt(CanonicalReader.ReadCanonical(receipt));
        return new(CanonicalJson.HashHex(receipt));
    }
}
