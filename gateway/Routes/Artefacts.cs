using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Qr;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;
using Bpc.Core.Settings;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>
/// The stored bytes of a version, never written anew: payload, sections, proof, receipt, code and bundle.
/// </summary>
internal static class Artefacts
{
    private const string JsonType = "application/json";
    private const string NoSignature = "this version is not signed yet";
    private const string NoCode = "the code of this version is not made yet";

    public static void MapArtefacts(this IEndpointRouteBuilder v1)
    {
        var version = v1.MapGroup("/passport-versions/{id:guid}").WithTags("Passport versions")
            .RequireAuthorization(Permission.PassportRead);
        version.MapGet("/payload", PayloadAsync).WithSummary("The canonical payload").Bytes(JsonType);
        version.MapGet("/sections/{name}", SectionAsync).WithSummary("One section's canonical bytes")
            .WithDescription("name: public, restricted, authorities or legitimate_interest.").Bytes(JsonType);
        version.MapGet("/view", ViewAsync).WithSummary("What one audience may see, signed: verifiable offline")
            .WithDescription("audience: public (where absent), legitimate_interest, authorities or all.")
            .Bytes(JsonType);
        version.MapGet("/proof", ProofAsync).WithSummary("The proof")
            .WithDescription("Every step from fact to value. It shows hidden values: not for the public.")
            .Bytes(JsonType);
        version.MapGet("/receipt", ReceiptAsync).WithSummary("The signed receipt").Bytes(JsonType);
        version.MapGet("/qr.png", QrAsync).WithSummary("The code as a picture, 200 × 200")
            .WithDescription("kind=bpc1 (where absent): for offline verification; kind=link: opens the public page.")
            .Bytes("image/png");
        version.MapGet("/bundle", BundleAsync).WithSummary("Everything an auditor verifies offline, in one file")
            .Bytes(JsonType);
        v1.MapGet("/passport-exports/{id:guid}", ExportAsync).RequireAuthorization(Permission.PassportRead)
            .WithTags("Passport versions").WithSummary("What an EXPORT_PASSPORT job stored")
            .WithDescription("Its id is export_id in the job's result.").Bytes(JsonType);
    }

    private static RouteHandlerBuilder Bytes(this RouteHandlerBuilder route, string contentType) =>
        route.Produces(StatusCodes.Status200OK, contentType: contentType);

    private static async Task<FileContentHttpResult> PayloadAsync(
        Guid id, Caller caller, ArtefactQueries artefacts, HttpContext http, CancellationToken ct) =>
        Stored(http, await artefacts.PayloadAsync(caller.TenantId, id, ct), "passport version", id);

    private static async Task<FileContentHttpResult> ProofAsync(
        Guid id, Caller caller, ArtefactQueries artefacts, HttpContext http, CancellationToken ct) =>
        Stored(http, await artefacts.ProofAsync(caller.TenantId, id, ct), "passport version", id);

    private static async Task<FileContentHttpResult> SectionAsync(
        Guid id, string name, Caller caller, ArtefactQueries artefacts, HttpContext http, CancellationToken ct) =>
        Stored(
            http, await artefacts.SectionAsync(caller.TenantId, id, name, ct), $"section {name} of passport version",
            id);

    private static FileContentHttpResult Stored(HttpContext http, Artefact? found, string what, Guid id)
    {
        var artefact = found.OrNotFound(what, id);
        return Answers.Immutable(http, artefact.Bytes!, artefact.Hash!, JsonType);
    }

    private static async Task<FileContentHttpResult> ViewAsync(
        Guid id, string? audience, Caller caller, ArtefactQueries artefacts, BpcSettings settings, HttpContext http,
        CancellationToken ct)
    {
        audience ??= "public";
        var visible = Sections.SeenBy(audience, settings.Audiences) ?? throw new BpcException(
            BpcError.Validation, "audience is one of public, legitimate_interest, authorities, all",
            [new("audience", $"'{audience}' is none of them")]);
        var stored = (await artefacts.SignedAsync(caller.TenantId, id, ct)).OrNotFound("passport version", id);
        var sections = (await artefacts.SectionsAsync(caller.TenantId, id, ct))
            .Where(s => visible.Contains(s.Section)).ToDictionary(s => s.Section, s => s.Content);
        return Answers.Checked(
            http, View.Write(audience, sections, stored.Payload, stored.Receipt, stored.ReceiptHash, Signature(stored)),
            JsonType);
    }

    private static async Task<FileContentHttpResult> ReceiptAsync(
        Guid id, Caller caller, ArtefactQueries artefacts, HttpContext http, CancellationToken ct)
    {
        var stored = (await artefacts.SignedAsync(caller.TenantId, id, ct)).OrNotFound("passport version", id);
        var signed = ReceiptWriter.WriteSigned(stored.Receipt, stored.ReceiptHash, Signature(stored));
        return Answers.Immutable(http, signed, stored.ReceiptHash, JsonType);
    }

    private static async Task<FileContentHttpResult> QrAsync(
        Guid id, string? kind, Caller caller, ArtefactQueries artefacts, PublicLink link, HttpContext http,
        CancellationToken ct)
    {
        var stored = (await artefacts.QrPngAsync(caller.TenantId, id, ct)).OrNotFound("passport version", id);
        return kind switch
        {
            null or "bpc1" when stored is { Bytes: { } png, Hash: { } hash } =>
                Answers.Immutable(http, png, hash, "image/png"),
            null or "bpc1" => throw new BpcException(BpcError.InvalidState, NoCode),
            "link" => Answers.Checked(http, QrCode.Png(link.To(http.Request, id)), "image/png"),
            _ => throw new BpcException(
                BpcError.Validation, "kind is bpc1 or link", [new("kind", $"'{kind}' is neither bpc1 nor link")]),
        };
    }

    private static async Task<FileContentHttpResult> BundleAsync(
        Guid id, Caller caller, ArtefactQueries artefacts, HttpContext http, CancellationToken ct)
    {
        var stored = (await artefacts.SignedAsync(caller.TenantId, id, ct)).OrNotFound("passport version", id);
        if (stored is not { QrPayload: { } qrPayload, QrPng: { } qrPng })
        {
            throw new BpcException(BpcError.InvalidState, NoCode);
        }

        var sections = (await artefacts.SectionsAsync(caller.TenantId, id, ct))
            .ToDictionary(s => s.Section, s => s.Content);
        var bundle = Bundle.Write(new(
            id, stored.Payload, sections, stored.Proof, stored.Receipt, stored.ReceiptHash, Signature(stored),
            qrPayload, qrPng));
        return Answers.Immutable(http, bundle, CanonicalJson.HashHex(bundle), JsonType, $"{id}.bundle.json");
    }

    private static async Task<FileContentHttpResult> ExportAsync(
        Guid id, Caller caller, ArtefactQueries artefacts, HttpContext http, CancellationToken ct)
    {
        var export = (await artefacts.ExportAsync(caller.TenantId, id, ct)).OrNotFound("passport export", id);
        return Answers.Immutable(http, export.Bytes!, export.Hash!, JsonType, $"{id}.bundle.json");
    }

    private static ReceiptSignature Signature(SignedRow stored) =>
        stored is { Signature: { } signature, SigningKeyId: { } keyId, SigningPublicKey: { } publicKey }
            ? new(signature, keyId, publicKey)
            : throw new BpcException(BpcError.InvalidState, NoSignature);
}
