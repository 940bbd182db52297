using Bpc.Core;
using Bpc.Core.Passports.Explain;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Why a value of a version is what it is, from the stored proof down to the documents.</summary>
internal static class Explanations
{
    private const string JsonType = "application/json";
    private const string TextType = "text/plain";

    public static void MapExplanations(this IEndpointRouteBuilder v1) =>
        v1.MapGet("/passport-versions/{id:guid}/explain", ExplainAsync).WithTags("Passport versions")
            .RequireAuthorization(Permission.PassportRead)
            .WithSummary("Why a value is what it is, or why it is missing")
            .WithDescription(
                "field: the path of a field or the name of a check; without it, all names with their values. "
                + "format=json (where absent): steps, facts and the document versions behind them; "
                + "format=text: the same as a tree.")
            .Produces(StatusCodes.Status200OK, contentType: JsonType, additionalContentTypes: TextType);

    private static async Task<FileContentHttpResult> ExplainAsync(
        Guid id, string? field, string? format, Caller caller, ExplanationQueries explanations,
        FieldCatalogue catalogue, CancellationToken ct)
    {
        var isText = format switch
        {
            null or "json" => false,
            "text" => true,
            _ => throw new BpcException(
                BpcError.Validation, "format is json or text", [new("format", $"'{format}' is neither json nor text")]),
        };
        var row = (await explanations.ProofAsync(caller.TenantId, id, ct)).OrNotFound("passport version", id);
        var proof = ProofExplainer.Read(row.Proof);
        if (field is null)
        {
            return isText ? Text(string.Concat(proof.Names().Select(name => ExplanationText.Line(name) + "\n")))
                : TypedResults.File(ExplanationJson.Write(proof.Names()), JsonType);
        }

        var package = await catalogue.PackageAsync(caller.TenantId, row.RulePackageVersionId, ct);
        var explanation = proof.Explain(field, package?.About(field));
        var sources = await explanations.SourcesAsync(
            caller.TenantId, row.SnapshotId, [.. explanation.Facts.Select(fact => fact.Key)], ct);
        explanation = explanation.From(sources);
        return isText ? Text(ExplanationText.Write(explanation))
            : TypedResults.File(ExplanationJson.Write(explanation), JsonType);
    }

    private static FileContentHttpResult Text(string text) =>
        TypedResults.File(System.Text.Encoding.UTF8.GetBytes(text), $"{TextType}; charset=utf-8");
}
