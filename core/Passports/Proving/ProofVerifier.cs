using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Proving;

/// <summary>What a proof says once all its hashes are recomputed.</summary>
/// <param name="Mismatch">The first thing that does not hold, for a person; null where everything does.</param>
/// <param name="FieldResults">The value of each field, by path; to be compared with the sections.</param>
/// <param name="CheckOutcomes">The outcome of each compliance line, by check name or path.</param>
public sealed record ProofCheck(
    string? Mismatch, string RootHash, IReadOnlyDictionary<string, JsonValue> FieldResults,
    IReadOnlyDictionary<string, string> CheckOutcomes);

/// <summary>
/// Verifies a proof from its bytes alone, without the rules: every node's hash, the order of ids, both indexes, the
/// root.
/// </summary>
public static class ProofVerifier
{
    public static ProofCheck Verify(ReadOnlySpan<byte> proofBytes)
    {
        try
        {
            return new ProofReading(CanonicalReader.ReadCanonical(proofBytes)).Check();
        }
        catch (BpcException e) when (e.Code == BpcError.Validation)
        {
            return Failed(e.Message);
        }
        catch (ProofMismatchException e)
        {
            return Failed(e.Message);
        }
    }

    private static ProofCheck Failed(string mismatch) =>
        new(mismatch, "", new Dictionary<string, JsonValue>(), new Dictionary<string, string>());
}

/// <summary>The first thing about a proof that does not hold.</summary>
internal sealed class ProofMismatchException(string message) : Exception(message);
