using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Grains.Jobs;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Documents;

/// <summary>
/// INGEST_DOCUMENT: checks the stored bytes of a version that came into the table by another way than the API, then
/// enqueues PARSE_FACTS. It changes no state, so it appends no event unless it rejects.
/// </summary>
internal sealed partial class IngestDocumentHandler(
    DocumentStore documents, CpuPool cpu, ILogger<IngestDocumentHandler> log)
    : IJobHandler
{
    public string Type => JobTypes.IngestDocument;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(2);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var id = JobPayload.Of(job).Id("document_version_id");
        var version = await documents.FindVersionAsync(job.TenantId, id, ct)
            ?? throw new BpcException(BpcError.NotFound, $"document version {id} does not exist");
        if (version.Status == "REJECTED")
        {
            return DocumentRejection.AlreadyRejected(id);
        }

        var violations = await cpu.RunAsync(() => Check(version), ct);
        if (violations.Count > 0)
        {
            return version.Status == "UPLOADED"
                ? DocumentRejection.Reject(job, id, violations[0].Message, violations)
                : new JobOutcome.Fail(
                    BpcError.DocumentRejected, $"already VALIDATED, and yet: {violations[0].Message}");
        }

        Checked(id, version.Content.Length);
        return new JobOutcome.Succeed(
            JsonValue.Object(("bytes", version.Content.Length)),
            job.Next(Guid.CreateVersion7(), JobTypes.ParseFacts, id, ("document_version_id", id.ToString())));
    }

    private static List<Violation> Check(StoredDocumentVersion version)
    {
        var violations = new List<Violation>();
        var sha256 = CanonicalJson.HashHex(version.Content);
        if (sha256 != version.Sha256)
        {
            violations.Add(new("", $"the stored bytes have SHA-256 {sha256}; the row says {version.Sha256}"));
        }

        if (version.Content.Length is 0 or > DocumentParser.MaxBytes)
        {
            var allowed = $"1 to {DocumentParser.MaxBytes} are allowed";
            violations.Add(new("", $"the document has {version.Content.Length} bytes; {allowed}"));
        }

        if (version.MimeType == "text/csv" && version.Kind is not (DocumentKinds.Bom or DocumentKinds.Items))
        {
            violations.Add(new("", $"a {version.Kind} document is JSON; only BOM and ITEMS may be text/csv"));
        }

        return violations;
    }

    [LoggerMessage(LogLevel.Information, "Document checked: document_version_id={DocumentVersionId}, bytes={Bytes}")]
    private partial void Checked(Guid documentVersionId, int bytes);
}
