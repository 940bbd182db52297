using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Bpc.Core;
using Bpc.Core.Facts;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Documents and their versions: what comes in, before facts are read out of it.</summary>
internal static class Documents
{
    // 10 MiB are 13.4 MiB in base64.
    private const int MaxUploadBytes = 15 * 1024 * 1024;

    public static void MapDocuments(this IEndpointRouteBuilder v1)
    {
        var documents = v1.MapGroup("/documents").WithTags("Documents");
        documents.MapPost("/", CreateAsync).RequireAuthorization(Permission.DocumentWrite)
            .WithSummary("Create a document").Example("""{"kind": "BOM", "external_ref": "ERP-4711"}""");
        documents.MapGet("/", ListAsync).RequireAuthorization(Permission.DocumentRead).WithSummary("List documents");
        documents.MapGet("/{id:guid}/versions", VersionsAsync).RequireAuthorization(Permission.DocumentRead)
            .WithSummary("List the versions of a document, newest first");
        documents.MapPost("/{id:guid}/versions", AddVersionAsync).RequireAuthorization(Permission.DocumentWrite)
            .WithSummary("Upload a version of a document")
            .WithDescription("Queues PARSE_FACTS, which makes it VALIDATED or REJECTED. At most 10 MiB decoded.")
            .Example("""{"mime_type": "application/json", "content": "eyJiYXR0ZXJ5Ijp7fX0="}""");

        var versions = v1.MapGroup("/document-versions/{id:guid}").WithTags("Documents");
        versions.MapGet("/", VersionAsync).RequireAuthorization(Permission.DocumentRead)
            .WithSummary("State of a document version")
            .WithDescription("violations says everything that is wrong with a REJECTED one.");
        versions.MapGet("/content", ContentAsync).RequireAuthorization(Permission.DocumentRead)
            .WithSummary("The uploaded bytes")
            .Produces(StatusCodes.Status200OK, contentType: "application/json", additionalContentTypes: "text/csv");

        v1.MapGet("/facts", FactsAsync).RequireAuthorization(Permission.DocumentRead).WithTags("Documents")
            .WithSummary("List facts");
    }

    private static async Task<Created<DocumentAnswer>> CreateAsync(
        Body<NewDocument> body, Caller caller, IGrainFactory grains)
    {
        var created = await grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.Kind, body.Value.ExternalRef);
        return TypedResults.Created((string?)null, new DocumentAnswer(created.DocumentId, created.Kind, "CREATED"));
    }

    private static Task<Page<DocumentRow>> ListAsync(
        [AsParameters] PageRequest page, Caller caller, DocumentQueries documents, CancellationToken ct) =>
        documents.DocumentsAsync(caller.TenantId, page, ct);

    private static async Task<Page<DocumentVersionLine>> VersionsAsync(
        Guid id, [AsParameters] PageRequest page, Caller caller, DocumentQueries documents, CancellationToken ct) =>
        (await documents.VersionsAsync(caller.TenantId, id, page, ct)).OrNotFound("document", id);

    [RequestBody.Limit(MaxUploadBytes)]
    private static async Task<Created<DocumentVersionCreated>> AddVersionAsync(
        Guid id, Body<NewDocumentVersion> body, Caller caller, IGrainFactory grains)
    {
        if (body.Value.Content.Length > DocumentParser.MaxBytes)
        {
            throw new BpcException(
                BpcError.PayloadLimit, $"content has {body.Value.Content.Length} bytes; a document has at most 10 MiB");
        }

        var created = await grains.GetGrain<IDocumentGrain>(id)
            .AddVersionAsync(caller.Call, body.Value.MimeType, body.Value.Content);
        return TypedResults.Created($"/v1/document-versions/{created.DocumentVersionId}", created);
    }

    private static async Task<DocumentVersionRow> VersionAsync(
        Guid id, Caller caller, DocumentQueries documents, CancellationToken ct) =>
        (await documents.VersionAsync(caller.TenantId, id, ct)).OrNotFound("document version", id);

    private static async Task<FileContentHttpResult> ContentAsync(
        Guid id, Caller caller, DocumentQueries documents, HttpContext http, CancellationToken ct)
    {
        var found = (await documents.ContentAsync(caller.TenantId, id, ct)).OrNotFound("document version", id);
        // A table may hold what spreadsheets would run, and its bytes are hashed: it is kept as it came, never opened.
        var name = $"{id}.{(found.MimeType == "text/csv" ? "csv" : "json")}";
        return Answers.Immutable(http, found.Content, found.Sha256, found.MimeType, name);
    }

    private static Task<Page<FactRow>> FactsAsync(
        [AsParameters] FactFilter filter, [AsParameters] PageRequest page, Caller caller, DocumentQueries documents,
        CancellationToken ct) =>
        documents.FactsAsync(caller.TenantId, filter, page, ct);

    private sealed record NewDocument(
        [property: AllowedValues(
            DocumentKinds.Bom, DocumentKinds.Pcf, DocumentKinds.DueDiligence, DocumentKinds.Items, DocumentKinds.Other)]
        string Kind,
        [property: StringLength(200), Description("Your own name for it.")] string? ExternalRef = null);

    private sealed record NewDocumentVersion(
        [property: AllowedValues("application/json", "text/csv")] string MimeType,
        [property: Description("The bytes in base64.")] byte[] Content);

    private sealed record DocumentAnswer(Guid DocumentId, string Kind, string Status);
}
