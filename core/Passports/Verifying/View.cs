using Bpc.Core.Canonical;
using Bpc.Core.Passports.Signing;

namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// BPC-VIEW-1: what one audience may see of a version, with all that is needed to verify it offline. The sections that
/// are not in it stay hashes, which their salts keep from being guessed.
/// </summary>
public static class View
{
    internal const string Version = "BPC-VIEW-1";

    /// <summary>For whom there are views.</summary>
    public static IReadOnlyList<string> Audiences { get; } = ["public", "legitimate_interest", "authorities", "all"];

    /// <param name="audience">Only says for whom it was made; what may be believed is what is signed.</param>
    public static byte[] Write(
        string audience, IReadOnlyDictionary<string, byte[]> sections, byte[] payload, byte[] receipt,
        string receiptHash, ReceiptSignature signature)
    {
        using var writer = new CanonicalWriter();
        writer.BeginObject();
        writer.Name("audience");
        writer.Text(audience);
        writer.Name("payload");
        writer.Raw(payload);
        writer.Name("receipt");
        writer.Raw(receipt);
        writer.Name("receipt_hash");
        writer.Text(receiptHash);
        writer.Name("sections");
        writer.BeginObject();
        foreach (var (name, bytes) in sections.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            writer.Name(name);
            writer.Raw(bytes);
        }

        writer.EndObject();
        writer.Name("signature");
        writer.Text(Convert.ToBase64String(signature.Signature));
        writer.Name("signing_key_public");
        writer.Text(Convert.ToBase64String(signature.PublicKey));
        writer.Name("view_version");
        writer.Text(Version);
        writer.EndObject();
        return writer.ToArray();
    }

    internal static SignedContent Read(JsonValue file)
    {
        var view = Strict.Object(
            file, "the view", "audience", "payload", "receipt", "receipt_hash", "sections", "signature",
            "signing_key_public", "view_version");
        Strict.Version(view["view_version"], Version, "view_version");
        Strict.OneOf(Audiences, view["audience"], "audience");
        var names = view["sections"] is JsonValue.Record shown ? shown.Members.Keys : [];
        return names.Except(SectionNames.All).FirstOrDefault() is { } unknown
            ? throw Strict.Wrong($"there is no section {unknown}")
            : SignedContent.Read(view, [.. SectionNames.All.Intersect(names)]);
    }
}
