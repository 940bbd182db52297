using System.Text;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;
using Bpc.Gateway.Http;
using Bpc.Gateway.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>
/// What anybody may fetch of a published passport, beside its page: whether it holds, what of it can be verified, and
/// the rules that say what its values mean.
/// </summary>
internal static class PublicPassports
{
    private const string JsonType = "application/json";
    private const string TextType = "text/plain; charset=utf-8";

    public static void MapPublicPassports(this IEndpointRouteBuilder app)
    {
        var passport = app.MapGroup("/p/{id:guid}").AllowAnonymous().WithTags("Public passports");
        passport.MapGet("/status.json", StatusAsync).WithSummary("Whether a published version still holds")
            .WithDescription("status: ACTIVE, SUPERSEDED or REVOKED. No key; to be asked each time (no-cache).");
        passport.MapGet("/view.json", ViewAsync).WithSummary("The signed public view: verifiable offline")
            .WithDescription("The bytes of `/v1/passport-versions/{id}/view?audience=public`, without a key.")
            .Produces(StatusCodes.Status200OK, contentType: JsonType);
        passport.MapGet("/rules", RulesAsync).WithSummary("The source of the rules it was compiled under")
            .WithDescription("The bytes whose SHA-256 is the receipt's dsl_sha256; its field types name the units.")
            .Produces(StatusCodes.Status200OK, contentType: "text/plain");
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

    private static async Task<FileContentHttpResult> RulesAsync(
        Guid id, PublicPassportQueries passports, HttpContext http, CancellationToken ct)
    {
        var source = (await passports.RulesAsync(id, ct)).OrNotFound("public passport version", id);
        return Answers.Public(http, Encoding.UTF8.GetBytes(source), TextType);
    }

    private sealed record PublicStatus(
        Guid PassportVersionId, string Status, DateTime? SupersededAt, DateTime? RevokedAt, Guid? ActiveVersionId,
        string PayloadHash, string ReceiptHash);
}
