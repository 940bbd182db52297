using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Qr;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;
using Bpc.Core.Rules;
using Bpc.Core.Snapshots;

namespace Bpc.Core.Passports;

/// <summary>
/// The first difference between a stored version and its recompile, such as field <c>battery.capacity_kwh</c> with both
/// values.
/// </summary>
public sealed record ReplayDifference(string What, string Stored, string Recompiled);

/// <summary>Recompiles a stored version under its own package and compares.</summary>
public static class Replay
{
    private const string Fields = "fields.";

    /// <summary>
    /// Null where payload, sections, proof and receipt are the same bytes, and signature, QR text and picture theirs.
    /// The sections are compared first, because a difference of values is the reason of all others. Rules that end in
    /// an error differ from those that once made the version.
    /// </summary>
    public static ReplayDifference? Compare(RulePackage rules, CompileInput input, SignedPassport stored)
    {
        try
        {
            return Compare(PassportCompiler.Compile(rules, input), stored);
        }
        catch (BpcException e)
        {
            return new(e.Violations is [{ Where.Length: > 0 } only] ? $"field {only.Where}" : "the compile",
                "compiled", $"{e.Code.Name}: {e.Message}");
        }
    }

    /// <summary>
    /// The input with the hashes its parts have now, so that a fact or a rule source that was changed in the database
    /// shows even where no value depends on it.
    /// </summary>
    public static CompileInput Rehashed(CompileInput input, string dslSource, string testsSource)
    {
        var facts = input.Facts.Select(
            fact => fact with { PayloadHash = CanonicalJson.HashHex(fact.Payload) }).ToList();
        return input with
        {
            Facts = facts,
            SnapshotHash = SnapshotSeal.Seal(input.SnapshotId, facts).Hash,
            DslSha256 = CanonicalJson.HashHex(Encoding.UTF8.GetBytes(dslSource)),
            TestsSha256 = CanonicalJson.HashHex(Encoding.UTF8.GetBytes(testsSource)),
        };
    }

    internal static ReplayDifference? Compare(CompiledPassport again, SignedPassport stored) =>
        SectionNames.All
            .Select(name => Bytes($"section {name}", stored.Sections.GetValueOrDefault(name, []), again.Sections[name]))
            .FirstOrDefault(difference => difference is not null)
        ?? Bytes("payload", stored.Payload, again.Payload)
        ?? Bytes("proof", stored.Proof, again.Proof)
        ?? Bytes("receipt", stored.Receipt, again.Receipt)
        ?? Text("receipt hash", stored.ReceiptHash, again.ReceiptHash)
        ?? Signature(again.ReceiptHash, stored.Signature)
        ?? Text("QR text", stored.QrPayload, QrCode.Payload(
            stored.PassportVersionId, again.PayloadHash, again.ProofRootHash, again.ReceiptHash))
        ?? (QrPng.Mismatch(stored.QrPng, QrCode.Modules(stored.QrPayload)) is { } problem
            ? new("QR picture", problem, "the picture of the QR text") : null);

    private static ReplayDifference? Bytes(string artefact, byte[] stored, byte[] again)
    {
        if (stored.AsSpan().SequenceEqual(again))
        {
            return null;
        }

        return TryRead(stored) is { } value
            && JsonDifference.First(value, CanonicalReader.Read(again)) is { } difference
            ? new(Name(artefact, difference.Path), difference.Left, difference.Right)
            : new(artefact, $"hash {CanonicalJson.HashHex(stored)}", $"hash {CanonicalJson.HashHex(again)}");
    }

    private static string Name(string artefact, string path) =>
        path.StartsWith(Fields, StringComparison.Ordinal) ? $"field {path[Fields.Length..]}" : $"{artefact}: {path}";

    private static JsonValue? TryRead(byte[] stored)
    {
        try
        {
            return CanonicalReader.Read(stored);
        }
        catch (BpcException)
        {
            return null;   // not JSON any more: there is no path to name
        }
    }

    private static ReplayDifference? Text(string what, string stored, string again) =>
        stored == again ? null : new(what, stored, again);

    private static ReplayDifference? Signature(string receiptHash, ReceiptSignature signature) =>
        ReceiptSigner.Verify(receiptHash, signature.Signature, signature.PublicKey)
            ? null
            : new("signature", Convert.ToBase64String(signature.Signature), $"does not verify over {receiptHash}");
}
