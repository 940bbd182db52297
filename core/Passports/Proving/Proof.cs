namespace Bpc.Core.Passports.Proving;

/// <summary>A finished BPC-PROOF-1: canonical bytes and root hash (hex).</summary>
public sealed record Proof(byte[] Bytes, string RootHash)
{
    internal const string Version = "BPC-PROOF-1";

    /// <summary>What a run without a proof has: a package's own tests prove nothing to anybody.</summary>
    internal static readonly Proof None = new([], "");
}
