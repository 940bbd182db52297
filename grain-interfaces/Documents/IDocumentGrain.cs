namespace Bpc.GrainInterfaces.Documents;

/// <summary>One document (key: document_id): its versions are numbered here.</summary>
[Alias("bpc.IDocumentGrain")]
public interface IDocumentGrain : IGrainWithGuidKey
{
    /// <summary>Creates the document. VALIDATION_ERROR for an unknown kind.</summary>
    [Alias("Create")]
    Task<DocumentCreated> CreateAsync(Call call, string kind, string? externalRef);

    /// <summary>
    /// Stores a version and enqueues PARSE_FACTS, in one transaction. <paramref name="content"/>: at most 10 MiB.
    /// </summary>
    [Alias("AddVersion")]
    Task<DocumentVersionCreated> AddVersionAsync(Call call, string mimeType, byte[] content);
}

[GenerateSerializer, Immutable, Alias("bpc.DocumentCreated")]
public sealed record DocumentCreated([property: Id(0)] Guid DocumentId, [property: Id(1)] string Kind);

[GenerateSerializer, Immutable, Alias("bpc.DocumentVersionCreated")]
public sealed record DocumentVersionCreated(
    [property: Id(0)] Guid DocumentVersionId, [property: Id(1)] string Status, [property: Id(2)] Guid JobId);
