using Bpc.Gateway.Queries;

namespace Bpc.Gateway.Pages;

// Public, unlike the rest: what Razor components take as parameters has to be.

/// <summary>Everything the public page of a passport shows.</summary>
public sealed record PassportView(
    Guid PassportVersionId, string ProductName, string Sku, string Category, string SerialNumber, PassportState State,
    IReadOnlyList<ValueGroup> Groups, IReadOnlyList<CheckLine> Checks, Signing Signing);

/// <summary>Where a version stands, in words.</summary>
/// <param name="Tone"><c>good</c>, <c>warn</c> or <c>bad</c>: the colour; the words say the same.</param>
public sealed record PassportState(string Name, string Tone, string Sentence, Guid? Successor);

/// <summary>Values under one heading.</summary>
public sealed record ValueGroup(string Title, IReadOnlyList<ValueLine> Lines);

/// <summary>One value of the passport.</summary>
public sealed record ValueLine(string Label, DisplayValue Value, string? Unit, string? Cites);

/// <summary>One line of the compliance list.</summary>
public sealed record CheckLine(string Label, string Outcome, string Tone, string? Cites);

/// <summary>Who signed, and what.</summary>
public sealed record Signing(
    string KeyId, string Thumbprint, DateTime IssuedAt, DateTime? SignedAt, string PayloadHash, string ProofRootHash,
    string ReceiptHash);

/// <summary>Words for the states a version can be seen in.</summary>
internal static class States
{
    public static PassportState Of(PublicPassportRow row) => row.Status switch
    {
        "ACTIVE" => new("Active", "good", "This is the current passport of this battery.", null),
        "SUPERSEDED" => new(
            "Superseded", "warn", $"A newer version took its place on {row.SupersededAt:yyyy-MM-dd}.",
            row.ActiveVersionId),
        _ => new(
            "Revoked", "bad", $"This passport was revoked on {row.RevokedAt:yyyy-MM-dd}. Do not rely on it.",
            row.ActiveVersionId),
    };

    public static (string Words, string Tone) Of(string outcome) => outcome switch
    {
        "PASS" => ("Met", "good"),
        "FAIL" => ("Not met", "bad"),
        "MISSING" => ("Missing", "bad"),
        "NOT_YET_REQUIRED" => ("Not required yet", "quiet"),
        "NOT_APPLICABLE" => ("Does not apply", "quiet"),
        "CONDITION_UNRESOLVED" => ("Open", "warn"),
        _ => (Labels.Words(outcome.ToLowerInvariant()), "quiet"),
    };
}
