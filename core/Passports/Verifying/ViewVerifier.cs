using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>Verifies what one audience was shown of a passport; the sections it was not shown remain hashes.</summary>
public static class ViewVerifier
{
    /// <summary>Whether the bytes say that they are a view; nothing else of them is looked at.</summary>
    public static bool IsView(ReadOnlyMemory<byte> file) =>
        SignedSteps.TryRead(() => SignedContent.Parse(file.Span, "a view"), out var value) is null
        && value is JsonValue.Record record && record["view_version"] is not null;

    /// <summary>Never throws on what a view says; trusted keys and label as for a bundle.</summary>
    public static VerifyReport Verify(
        ReadOnlyMemory<byte> view, IReadOnlyList<byte[]>? trustedKeys, string? label = null)
    {
        var wrong = SignedSteps.TryRead(
            () => View.Read(SignedContent.Parse(view.Span, "a view")), out var content);
        var form = SignedSteps.Step("view", $"{View.Version}, {view.Length} canonical bytes", wrong);
        var steps = content is null ? [] : SignedSteps.Of(content, trustedKeys, label);
        return VerifyReport.Of(steps.Prepend(form), content, trustedKeys);
    }
}
