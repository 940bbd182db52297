using System.Security.Cryptography;
using Bpc.Core;
using Bpc.Core.Facts;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Documents;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Documents;

/// <summary>
/// One document. Versions are numbered under its row's lock, so that a second activation cannot reuse a number.
/// </summary>
internal sealed class DocumentGrain(Transactions transactions) : Grain, IDocumentGrain
{
    private Guid Id => this.GetPrimaryKey();

    public Task<DocumentCreated> CreateAsync(Call call, string kind, string? externalRef)
    {
        new InputCheck().OneOf("/kind", kind, DocumentKinds.All).OptionalText("/external_ref", externalRef, 200)
            .ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            await tx.WriteAsync(
                DocumentStore.Insert(tx.TenantId, Id, kind, externalRef),
                tx.Event(EventTypes.DocumentCreated, Id, ("kind", kind)));
            return new DocumentCreated(Id, kind);
        });
    }

    public Task<DocumentVersionCreated> AddVersionAsync(Call call, string mimeType, byte[] content)
    {
        new InputCheck().OneOf("/mime_type", mimeType, DocumentStore.MimeTypes)
            .Require(content.Length > 0, "/content", "is empty").ThrowIfWrong();
        if (content.Length > DocumentParser.MaxBytes)
        {
            throw new BpcException(
                BpcError.PayloadLimit,
                $"the document has {content.Length} bytes; at most {DocumentParser.MaxBytes} are allowed");
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        return transactions.RunAsync(call, async tx =>
        {
            var number = await DocumentStore.NextVersionAsync(tx, Id)
                ?? throw new BpcException(BpcError.NotFound, $"document {Id} does not exist");
            var (version, job) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            await tx.WriteAsync(
                DocumentStore.InsertVersion(tx.TenantId, version, Id, number, mimeType, content, sha256),
                tx.Event(EventTypes.DocumentVersionUploaded, version,
                    ("document_id", Id.ToString()), ("version", number), ("sha256", sha256), ("bytes", content.Length)),
                tx.Job(job, JobTypes.ParseFacts, version.ToString(), ("document_version_id", version.ToString())));
            return new DocumentVersionCreated(version, "UPLOADED", job);
        });
    }
}
