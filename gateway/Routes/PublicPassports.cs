using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;
using Bpc.Gateway.Http;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>
/// What anybody may fetch of a published passport, beside its page (<see cref="Pages.PageRoutes"/>): whether it holds,
/// what of it can be verified, and what its values mean. The rules' source stays its tenant's: it derives the other
/// audiences' values too.
/// </summary>
internal static class PublicPassports
{
    private const string JsonType = "application/json";

    public static void MapPublicPassports(this IEndpointRouteBuilder app)
    {
        var passport = app.MapGroup("/p/{id:guid}").AllowAnonymous().WithTags("Public passports");
        passport.MapGet("/status.json", StatusAsync).WithSummary("Whether a published version still holds")
            .WithDescription("status: ACTIVE, SUPERSEDED or REVOKED. No key; to be asked each time (no-cache).");
        passport.MapGet("/view.json", ViewAsync).WithSummary("The signed public view: verifiable offline")
            .WithDescription("The bytes of `/v1/passport-versions/{id}/view?audience=public`, without a key.")
            .Produces(StatusCodes.Status200OK, contentType: JsonType);
        passport.MapGet("/fields.json", FieldsAsync).WithSummary("What its public values mean: type, unit, citation")
            .WithDescription("Of each public field of the rules it was compiled under, in the order of the paths.");
    }

    private static async Task<PublicStatus> StatusAsync(
        Guid id, PublicPassportQueries passports, HttpContext http, CancellationToken ct)
    {
        var row = (await passports.FindAsync(id, ct)).OrNotFound("public passport version", id);
        http.Response.Headers.CacheControl = "no-cache"; // it may be revoked the next moment
        return new(
            row.PassportVersionId, row.Status, row.SupersededAt, row.RevokedAt, row.ActiveVersionId, row.PayloadHash,
            row.ReceiptHash);
    }

    private static async Task<FileContentHttpResult> ViewAsync(
        Guid id, PublicPassportQueries passports, HttpContext http, CancellationToken ct)
    {
        var row = (await passports.SignedAsync(id, ct)).OrNotFound("public passport version", id);
        var view = View.Write(
            "public", new Dictionary<string, byte[]> { [SectionNames.Public] = row.PublicSection }, row.Payload,
            row.Receipt, row.ReceiptHash, new(row.Signature, row.SigningKeyId, row.SigningPublicKey));
        return Answers.Public(http, view, JsonType);
    }

    private static async Task<PublicFields> FieldsAsync(
        Guid id, PublicPassportQueries passports, FieldCatalogue catalogue, HttpContext http, CancellationToken ct)
    {
        var row = (await passports.FindAsync(id, ct)).OrNotFound("public passport version", id);
        http.Response.Headers.CacheControl = "no-cache";
        var fields = await catalogue.FieldsAsync(row.TenantId, row.RulePackageVersionId, ct);
        return new([.. fields.Values.Where(field => field.Section == SectionNames.Public)
            .OrderBy(field => field.Path, StringComparer.Ordinal)
            .Select(field => new PublicField(field.Path, field.Type, field.Unit, field.Cites))]);
    }

    private sealed record PublicStatus(
        Guid PassportVersionId, string Status, DateTime? SupersededAt, DateTime? RevokedAt, Guid? ActiveVersionId,
        string PayloadHash, string ReceiptHash);

    private sealed record PublicFields(IReadOnlyList<PublicField> Fields);

    private sealed record PublicField(string Path, string Type, string? Unit, string? Cites);
}
