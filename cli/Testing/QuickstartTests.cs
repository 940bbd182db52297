namespace Bpc.Cli.Testing;

/// <summary>
/// The tests the quickstart promises, by the very names it prints; the tests carry them as their display names.
/// </summary>
internal static class QuickstartTests
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "E2E happy path (upload → parse → compile → sign → qr → activate)",
        "E2E with invalid snapshot (SNAPSHOT_NOT_SEALED error)",
        "E2E with invalid rules (RULE_PKG_NOT_PUBLISHED error)",
        "10 workers process 100 jobs (no duplicates)",
        "Lease expiry allows re-acquisition",
        "Retry with exponential backoff",
        "5 failed attempts → DEAD_LETTER",
    ];
}
