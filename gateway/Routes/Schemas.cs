using Bpc.Core.Facts;
using Bpc.Gateway.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>The JSON Schemas documents are checked against, as published.</summary>
internal static class Schemas
{
    public static void MapSchemas(this IEndpointRouteBuilder v1)
    {
        var schemas = v1.MapGroup("/schemas").WithTags("Documents").AllowAnonymous();
        schemas.MapGet("/", () => new KindList([.. DocumentSchema.Kinds.Keys.Order(StringComparer.Ordinal)]))
            .WithSummary("List the kinds of documents");
        schemas.MapGet("/{kind}", Get).WithSummary("The JSON Schema of a kind of document")
            .Produces(StatusCodes.Status200OK, contentType: "application/schema+json");
    }

    private static FileContentHttpResult Get(string kind, HttpContext http)
    {
        var schema = DocumentSchema.Kinds.GetValueOrDefault(kind.ToUpperInvariant()).OrNotFound("schema", kind);
        http.Response.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.File(schema.Bytes.ToArray(), "application/schema+json");
    }

    private sealed record KindList(IReadOnlyList<string> Kinds);
}
