using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Verifying;

/// <summary>Verifies what one audience was shown of a passport; the sections it was not shown remain hashes.</summary>
public static class ViewVerifier
{
    /// <summary>Whether the bytes say that they are a view; nothing else of them is looked at.</summary>
    public static bool IsView(ReadOnlyMemory<byte> file) =>
        SignedSteps.TryRead(() => SignedContent.Parse(file.Span, "a view"), out var value) is null
        && value is JsonValue.Record record && record["view_version"] is not null;

    /// <summary>Never throws on what a view says; trusted keys as for a bundle.</summary>
    public static VerifyReport Verify(ReadOnlyMemory<byte> view, IReadOnlyList<byte[]>? trustedKeys) =>
        VerifyReport.Of(Steps(view, trustedKeys), trustedKeys);

    private static IEnumerable<VerifyStep> Steps(ReadOnlyMemory<byte> bytes, IReadOnlyList<byte[]>? trustedKeys)
    {
        var wrong = SignedSteps.TryRead(
            () => View.Read(SignedContent.Parse(bytes.Span, "a view")), out var content);
        yield return SignedSteps.Step("view", $"{View.Version}, {bytes.Length} canonical bytes", wrong);
        foreach (var step in SignedSteps.Of(content!, trustedKeys))
        {
            yield return step;
        }
    }
}
