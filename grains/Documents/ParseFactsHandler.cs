using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Measuring;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Documents;

/// <summary>
/// PARSE_FACTS: reads the facts out of a document version, which becomes VALIDATED, or REJECTED with every violation.
/// </summary>
internal sealed partial class ParseFactsHandler(
    DocumentStore documents, CpuPool cpu, JobMetrics metrics, ILogger<ParseFactsHandler> log) : IJobHandler
{
    public string Type => JobTypes.ParseFacts;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(2);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var id = JobPayload.Of(job).Id("document_version_id");
        return await documents.FindVersionAsync(job.TenantId, id, ct) switch
        {
            null => Skip(job, id),
            { Status: "VALIDATED" } parsed => Done(parsed.Facts), // an earlier run did it
            { Status: "REJECTED" } => DocumentRejection.AlreadyRejected(id),
            var version => await ParseAsync(job, id, version, ct),
        };
    }

    private async Task<JobOutcome> ParseAsync(
        ClaimedJob job, Guid id, StoredDocumentVersion version, CancellationToken ct)
    {
        Parsing(id, version.Kind);
        try
        {
            var facts = await cpu.RunAsync(
                () => DocumentParser.Parse(version.Kind, version.MimeType, version.Content), ct);
            Extracted(facts.Count);
            return Done(
                facts.Count,
                DocumentStore.InsertFacts(job.TenantId, id, facts),
                DocumentStore.MarkValidated(job.TenantId, id),
                job.Event(EventTypes.DocumentVersionValidated, id, ("facts", facts.Count)));
        }
        catch (BpcException e) when (e.Code == BpcError.DocumentRejected)
        {
            return DocumentRejection.Reject(job, id, e.Message, e.Violations);
        }
    }

    // Nothing to do is no failure: an operator may enqueue by SQL whatever ids are at hand.
    private JobOutcome.Succeed Skip(ClaimedJob job, Guid id)
    {
        NotThere(id);
        metrics.Skipped(job);
        return new JobOutcome.Succeed(JsonValue.Object(("skipped", $"document version {id} does not exist")));
    }

    private static JobOutcome.Succeed Done(int facts, params IReadOnlyList<Storage.Write> writes) =>
        new(JsonValue.Object(("facts", facts)), writes);

    [LoggerMessage(LogLevel.Information, "Parsing document: document_version_id={DocumentVersionId}, kind={Kind}")]
    private partial void Parsing(Guid documentVersionId, string kind);

    [LoggerMessage(LogLevel.Information, "Extracted {Facts} facts")]
    private partial void Extracted(int facts);

    [LoggerMessage(LogLevel.Warning, "Nothing to parse: document_version_id={DocumentVersionId} does not exist")]
    private partial void NotThere(Guid documentVersionId);
}
