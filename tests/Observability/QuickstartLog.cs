using System.Text.RegularExpressions;

namespace Bpc.Tests.Observability;

/// <summary>The log lines the quickstart shows, with the values that differ each time as patterns.</summary>
internal static class QuickstartLog
{
    private const string Id = "[0-9a-f-]{36}";

    public static readonly string[] OfAWorker =
    [
        "Worker started: worker-id=worker-1", "Config: poll_interval=1000ms, lease_ttl=60s, lease_renew=30s",
        @"Polling for jobs\.\.\.", "No jobs in queue, sleeping 1000ms", $"Acquired job: job_id={Id}, type=PARSE_FACTS",
        "Starting lease renewal thread", $@"Job completed: job_id={Id}, status=SUCCEEDED, duration=\d+ms",
    ];

    public static readonly string[] OfThePipeline =
    [
        $"Parsing document: document_version_id={Id}, kind=BOM", @"Extracted \d+ facts",
        $"Acquired job: job_id={Id}, type=COMPILE_PASSPORT", $"Loading snapshot: snapshot_id={Id}, status=SEALED",
        $"Loading rules: rpv_id={Id}, status=PUBLISHED", @"Calling compilePassportPure \(deterministic\)",
        @"Compilation succeeded: payload_size=\d+, proof_size=\d+, receipt_size=\d+",
        $"PassportVersion created: pv_id={Id}, status=COMPILING", $"Enqueued SIGN_PASSPORT job: job_id={Id}",
        $"Loading PassportVersion: pv_id={Id}, status=COMPILING", "Signing receipt hash with ED25519",
        "Signature computed: key_id=dev-key-1", "PassportVersion updated: status=SIGNED",
        $"Enqueued GENERATE_QR job: job_id={Id}", "Building QR payload: format=BPC-QR-1",
        $@"QR payload: BPC1\|pv={Id}\|ph=[A-Z2-7]+\|pr=[A-Z2-7]+\|rh=[A-Z2-7]+",
        @"Generating QR PNG: size=200x200px, error_correction=M", @"QR generated: png_size=\d+ bytes",
    ];

    /// <summary>Each of the lines is there, whole, behind the time and INFO.</summary>
    public static void AssertHas(string log, IEnumerable<string> lines) => Assert.All(lines, line => Assert.Matches(
        new Regex($@"^\[\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ\] INFO  {line}\r?$", RegexOptions.Multiline), log));
}
